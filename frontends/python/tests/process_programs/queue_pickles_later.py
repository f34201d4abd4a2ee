# expect: proved
from multiprocessing import Queue

if __name__ == "__main__":
    queue = Queue()
    item = [1]
    queue.put(item)
    item.append(2)
    print(queue.get())
