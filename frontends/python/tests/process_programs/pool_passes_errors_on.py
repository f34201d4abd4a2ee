# expect: proved
from multiprocessing import Pool


def fail(number):
    if number == 2:
        raise ValueError(f"bad {number}")
    return number


if __name__ == "__main__":
    with Pool(2) as pool:
        try:
            pool.map(fail, [1, 2, 3], chunksize=1)
        except ValueError as error:
            print(error, type(error.__cause__).__name__)
        result = pool.apply_async(fail, (2,))
        result.wait()
        print(result.ready(), result.successful())
