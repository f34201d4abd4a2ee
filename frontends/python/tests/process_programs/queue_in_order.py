# expect: proved
from multiprocessing import Process, Queue


def produce(queue):
    for number in range(3):
        queue.put(number)
    queue.put(None)


if __name__ == "__main__":
    queue = Queue()
    child = Process(target=produce, args=(queue,))
    child.start()
    got = []
    while (item := queue.get()) is not None:
        got.append(item)
    child.join()
    print(got, queue.empty())
