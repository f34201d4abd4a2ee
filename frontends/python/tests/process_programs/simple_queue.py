# expect: proved
from multiprocessing import Process, SimpleQueue


def work(queue):
    queue.put({"a": [1, 2]})


if __name__ == "__main__":
    queue = SimpleQueue()
    child = Process(target=work, args=(queue,))
    child.start()
    print(queue.get(), queue.empty())
    child.join()
