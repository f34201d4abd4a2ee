# expect: proved
from multiprocessing import Pool


def work():
    print("begun")


if __name__ == "__main__":
    with Pool(1) as pool:
        pool.apply_async(work)
    print("left")
