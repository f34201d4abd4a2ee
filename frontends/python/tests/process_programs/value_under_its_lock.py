# expect: proved
from multiprocessing import Process, Value


def add(total):
    with total.get_lock():
        total.value += 1


if __name__ == "__main__":
    total = Value("i", 0)
    both = [Process(target=add, args=(total,)) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    print(total.value)
