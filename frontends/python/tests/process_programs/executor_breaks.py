# expect: proved
import os
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool


def die():
    os._exit(1)


if __name__ == "__main__":
    ex = ProcessPoolExecutor(1)
    f = ex.submit(die)
    try:
        f.result()
    except BrokenProcessPool as e:
        print("broken", e)
