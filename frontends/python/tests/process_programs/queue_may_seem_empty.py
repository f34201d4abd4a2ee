# expect: proved
from multiprocessing import Queue
from queue import Empty

if __name__ == "__main__":
    queue = Queue()
    queue.put(1)
    try:
        print(queue.get_nowait())
    except Empty:
        print("empty")
        queue.get()
