# expect: proved
from multiprocessing import Condition, Process, Value


def consume(condition, ready):
    with condition:
        while not ready.value:
            condition.wait()
        print("ready", ready.value)


if __name__ == "__main__":
    condition, ready = Condition(), Value("i", 0)
    child = Process(target=consume, args=(condition, ready))
    child.start()
    with condition:
        ready.value = 1
        condition.notify()
    child.join()
