# expect: failed atomicity-violation
from multiprocessing import Array, Process


def add(numbers):
    numbers[0] += 1


if __name__ == "__main__":
    numbers = Array("i", [5, 6])
    both = [Process(target=add, args=(numbers,)) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    print(numbers[0], list(numbers[1:]))
