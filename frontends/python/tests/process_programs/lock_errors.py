# expect: proved
from multiprocessing import BoundedSemaphore, Lock, RLock

if __name__ == "__main__":
    for make in (Lock, RLock, lambda: BoundedSemaphore(1)):
        try:
            make().release()
        except (ValueError, AssertionError) as error:
            print(type(error).__name__, error)
    lock = RLock()
    print(lock.acquire(), lock.acquire(), lock.acquire(timeout=1))
    plain = Lock()
    print(plain.acquire(), plain.acquire(False), plain.acquire(timeout=0.01))
