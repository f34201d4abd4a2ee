# expect: failed atomicity-violation
from multiprocessing import Manager, Process


def add(counts):
    counts["all"] = counts["all"] + 1


if __name__ == "__main__":
    with Manager() as manager:
        counts = manager.dict(all=0)
        both = [Process(target=add, args=(counts,)) for _ in range(2)]
        for each in both:
            each.start()
        for each in both:
            each.join()
        print(counts["all"])
