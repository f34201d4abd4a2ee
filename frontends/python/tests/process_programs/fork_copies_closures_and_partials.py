# expect: proved
import functools
import multiprocessing


def counter():
    count = 0

    def step(by):
        nonlocal count
        count += by
        return count

    return step


step = counter()
step(3)
by_two = functools.partial(step, 2)
if __name__ == "__main__":
    child = multiprocessing.get_context("fork").Process(target=lambda: print(by_two(), step(1)))
    child.start()
    child.join()
    print(step(1))
