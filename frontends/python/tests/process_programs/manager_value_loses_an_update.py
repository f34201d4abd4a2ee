# expect: failed atomicity-violation
from multiprocessing import Manager, Process


def add(counter):
    counter.value += 1


if __name__ == "__main__":
    with Manager() as manager:
        counter = manager.Value("i", 0)
        both = [Process(target=add, args=(counter,)) for _ in range(2)]
        for each in both:
            each.start()
        for each in both:
            each.join()
        print(counter.value)
