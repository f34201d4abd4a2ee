# expect: proved
from multiprocessing import Pool


def square(number):
    return number * number


if __name__ == "__main__":
    with Pool(1) as pool:
        print(pool.map(square, range(4)), pool.starmap(max, [(1, 2), (4, 3)]))
        print(list(pool.imap(square, (number for number in (5, 6)))), pool.apply(square, (7,)))
        print(pool.map_async(square, []).get(), pool.starmap_async(max, [(1, 2)]).get(timeout=9))
