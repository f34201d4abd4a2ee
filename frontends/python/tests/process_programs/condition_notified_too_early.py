# expect: failed hang
from multiprocessing import Condition, Process


def consume(condition):
    with condition:
        condition.wait()


if __name__ == "__main__":
    condition = Condition()
    child = Process(target=consume, args=(condition,))
    child.start()
    with condition:
        condition.notify()
    child.join()
    print("woken")
