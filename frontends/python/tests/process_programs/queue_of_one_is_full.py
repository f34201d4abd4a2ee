# expect: proved
from multiprocessing import Queue
from queue import Full

if __name__ == "__main__":
    queue = Queue(1)
    queue.put("a")
    try:
        queue.put("b", block=False)
    except Full:
        print("full", queue.full(), queue.qsize())
    print(queue.get(), queue.qsize())
