# expect: proved
from multiprocessing import Queue

if __name__ == "__main__":
    queue = Queue()
    queue.put(1)
    print(queue.get())
    queue.close()
    queue.join_thread()
    try:
        queue.put(2)
    except ValueError:
        print("closed")
