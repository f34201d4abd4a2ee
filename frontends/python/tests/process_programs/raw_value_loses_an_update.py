# expect: failed atomicity-violation
from multiprocessing import Process, RawValue


def add(total):
    seen = total.value
    total.value = seen + 1


if __name__ == "__main__":
    total = RawValue("i")
    both = [Process(target=add, args=(total,)) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    print(total.value)
