# expect: proved
from multiprocessing import Pool

if __name__ == "__main__":
    with Pool(1) as pool:
        try:
            pool.join()
        except ValueError as error:
            print(error)
    try:
        pool.apply(print)
    except ValueError as error:
        print(error)
