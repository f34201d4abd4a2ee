# expect: proved
from multiprocessing import Queue

if __name__ == "__main__":
    queue = Queue()
    queue.put(1)
    queue.put(2)
    print(queue.qsize(), queue.get(), queue.qsize(), queue.full())
