# expect: proved
from multiprocessing import Manager

if __name__ == "__main__":
    with Manager() as manager:
        names = manager.list([1])
        print(len(names))
    try:
        names.append(2)
    except OSError:
        print("over")
