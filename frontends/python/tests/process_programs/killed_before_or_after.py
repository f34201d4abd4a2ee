# expect: proved
from multiprocessing import Process, Value


def work(progress):
    progress.value = 1
    progress.value = 2


if __name__ == "__main__":
    progress = Value("i", 0, lock=False)
    child = Process(target=work, args=(progress,))
    child.start()
    child.kill()
    child.join()
    print(progress.value, child.exitcode)
