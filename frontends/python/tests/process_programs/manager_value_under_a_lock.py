# expect: proved
from multiprocessing import Manager, Process


def add(counter, lock):
    with lock:
        counter.value += 1


if __name__ == "__main__":
    with Manager() as manager:
        counter, lock = manager.Value("i", 0), manager.Lock()
        both = [Process(target=add, args=(counter, lock)) for _ in range(2)]
        for each in both:
            each.start()
        for each in both:
            each.join()
        print(counter.value)
