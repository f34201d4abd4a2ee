# expect: failed hang
from multiprocessing import Process, Queue


def consume(queue):
    while queue.get() is not None:
        pass


if __name__ == "__main__":
    queue = Queue()
    both = [Process(target=consume, args=(queue,)) for _ in range(2)]
    for each in both:
        each.start()
    queue.put(1)
    queue.put(None)
    for each in both:
        each.join()
    print("never")
