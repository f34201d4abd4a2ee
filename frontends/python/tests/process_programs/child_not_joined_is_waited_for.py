# expect: proved
from multiprocessing import Process


def work():
    print("child")


if __name__ == "__main__":
    Process(target=work).start()
    print("main")
