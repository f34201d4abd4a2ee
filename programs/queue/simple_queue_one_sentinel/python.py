import queue
import threading

jobs = queue.SimpleQueue()


def work():
    while jobs.get() is not None:
        pass


threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads:
    thread.start()
jobs.put(None)
for thread in threads:
    thread.join()
