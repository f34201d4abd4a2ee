# expect: proved
from multiprocessing import Barrier, Event, Process


def wait(barrier, event):
    barrier.wait()
    event.set()


if __name__ == "__main__":
    barrier, event = Barrier(2), Event()
    child = Process(target=wait, args=(barrier, event))
    child.start()
    barrier.wait()
    print(event.wait(), event.is_set(), barrier.broken, barrier.parties)
    child.join()
