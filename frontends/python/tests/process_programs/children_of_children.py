# expect: proved
from multiprocessing import Process, active_children, current_process


def inner():
    print("inner", current_process().name)


def outer():
    child = Process(target=inner)
    child.start()
    child.join()
    print("outer", current_process().name, active_children())


if __name__ == "__main__":
    child = Process(target=outer)
    child.start()
    child.join()
    print("main", current_process().name)
