# expect: proved
from multiprocessing import Process, Queue


def produce(queue, name):
    queue.put(name)


if __name__ == "__main__":
    queue = Queue()
    both = [Process(target=produce, args=(queue, name)) for name in "ab"]
    for each in both:
        each.start()
    print([queue.get() for _ in both])
    for each in both:
        each.join()
