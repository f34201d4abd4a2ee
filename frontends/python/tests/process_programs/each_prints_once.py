# expect: proved
from multiprocessing import Process


def greet(name):
    print("hello", name)


if __name__ == "__main__":
    started = [Process(target=greet, args=(name,)) for name in ("ann", "bob", "cy")]
    for each in started:
        each.start()
    for each in started:
        each.join()
    print([each.exitcode for each in started])
