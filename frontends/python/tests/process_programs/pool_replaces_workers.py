# expect: proved
from multiprocessing import Pool

done = []


def work(number):
    done.append(number)
    return len(done)


if __name__ == "__main__":
    with Pool(1, maxtasksperchild=1) as pool:
        print([pool.apply(work, (number,)) for number in range(2)])
