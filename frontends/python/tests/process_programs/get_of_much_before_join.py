# expect: proved
from multiprocessing import Process, Queue


def produce(queue):
    queue.put("x" * 1_000_000)


if __name__ == "__main__":
    queue = Queue()
    child = Process(target=produce, args=(queue,))
    child.start()
    print(len(queue.get()))
    child.join()
