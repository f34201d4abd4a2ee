# expect: error
import os
import sys
from multiprocessing import Process


def leave():
    sys.exit(3)


def fail():
    raise ValueError("no")


def quit_now():
    os._exit(7)


def well():
    pass


if __name__ == "__main__":
    every = [Process(target=each) for each in (leave, fail, quit_now, well)]
    for each in every:
        each.start()
    for each in every:
        each.join()
    print([each.exitcode for each in every])
