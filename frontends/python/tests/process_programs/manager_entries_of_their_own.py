# expect: proved
from multiprocessing import Manager, Process


def put(squares, number):
    squares[number] = number * number


if __name__ == "__main__":
    with Manager() as manager:
        squares = manager.dict()
        every = [Process(target=put, args=(squares, number)) for number in range(3)]
        for each in every:
            each.start()
        for each in every:
            each.join()
        print(sorted(squares.items()), len(squares), 1 in squares, squares.get(9, "none"))
