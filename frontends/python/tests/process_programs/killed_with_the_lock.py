# expect: failed hang
from multiprocessing import Event, Lock, Process


def hold(lock, held):
    lock.acquire()
    held.set()
    Event().wait()


if __name__ == "__main__":
    lock, held = Lock(), Event()
    child = Process(target=hold, args=(lock, held))
    child.start()
    held.wait()
    child.terminate()
    child.join()
    lock.acquire()
    print("never")
