# expect: proved
from multiprocessing import Process


def work():
    pass


if __name__ == "__main__":
    child = Process(target=work)
    print(child.exitcode, child.pid, child.is_alive())
    try:
        child.join()
    except AssertionError as error:
        print(error)
    child.start()
    try:
        child.start()
    except AssertionError as error:
        print(error)
    child.join()
    child.close()
    try:
        child.is_alive()
    except ValueError as error:
        print(error)
