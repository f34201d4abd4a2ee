# expect: proved
import os
from multiprocessing import Process, Queue


def work(queue):
    os.environ["COLOUR"] = "red"
    queue.put((os.getpid(), os.getppid()))


if __name__ == "__main__":
    queue = Queue()
    child = Process(target=work, args=(queue,))
    child.start()
    pid, parent = queue.get()
    child.join()
    print(pid == child.pid, parent == os.getpid(), pid != os.getpid(), os.environ.get("COLOUR"))
