import queue
import threading

jobs = queue.Queue()


def drop_all():
    with jobs.mutex:
        jobs.queue.clear()

threads = [threading.Thread(target=each) for each in (lambda: jobs.put(1), drop_all)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
left = jobs.qsize()
