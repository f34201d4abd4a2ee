# expect: proved
import time
from multiprocessing import Event, Process


def loop(begun):
    begun.set()
    while True:
        time.sleep(1)


if __name__ == "__main__":
    begun = Event()
    child = Process(target=loop, args=(begun,))
    child.start()
    begun.wait()
    child.terminate()
    child.join()
    print(child.exitcode, child.is_alive())
