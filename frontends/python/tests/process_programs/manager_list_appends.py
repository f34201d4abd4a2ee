# expect: proved
from multiprocessing import Manager, Process


def append(names, name):
    names.append(name)


if __name__ == "__main__":
    with Manager() as manager:
        names = manager.list()
        both = [Process(target=append, args=(names, name)) for name in "ab"]
        for each in both:
            each.start()
        for each in both:
            each.join()
        print(list(names))
