# expect: proved
from multiprocessing import Lock, Pipe

if __name__ == "__main__":
    here, there = Pipe()
    try:
        here.send(Lock())
    except RuntimeError as error:
        print(error)
