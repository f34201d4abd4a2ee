# expect: proved
from multiprocessing import Lock, Process


def take(first, second):
    with first, second:
        pass


if __name__ == "__main__":
    a, b = Lock(), Lock()
    both = [Process(target=take, args=(a, b)) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    print("both through")
