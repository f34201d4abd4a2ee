# expect: failed hang
from multiprocessing import Process, Queue


def produce(queue):
    queue.put("x" * 1_000_000)


if __name__ == "__main__":
    queue = Queue()
    child = Process(target=produce, args=(queue,))
    child.start()
    child.join()
    print(len(queue.get()))
