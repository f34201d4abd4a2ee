# expect: proved
from multiprocessing import Array, Process


def square(numbers, index):
    numbers[index] = index * index


if __name__ == "__main__":
    numbers = Array("i", 3, lock=False)
    every = [Process(target=square, args=(numbers, index)) for index in range(3)]
    for each in every:
        each.start()
    for each in every:
        each.join()
    print(list(numbers), len(numbers), numbers[-1])
