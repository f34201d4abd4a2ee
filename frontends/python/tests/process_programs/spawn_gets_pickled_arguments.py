# expect: proved
import multiprocessing


class Point:
    def __init__(self, x):
        self.x = x


def move(point, pair):
    point.x += 1
    print(point.x, pair, type(point).__module__)


if __name__ == "__main__":
    point = Point(1)
    child = multiprocessing.get_context("spawn").Process(target=move, args=(point, (1, "b")))
    child.start()
    child.join()
    print(point.x)
