# expect: proved
from multiprocessing import Process, Semaphore


def enter(semaphore, name):
    with semaphore:
        print(name)


if __name__ == "__main__":
    semaphore = Semaphore(2)
    every = [Process(target=enter, args=(semaphore, name)) for name in "abc"]
    for each in every:
        each.start()
    for each in every:
        each.join()
    print(semaphore.get_value())
