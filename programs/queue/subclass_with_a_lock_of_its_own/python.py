import queue
import threading

names = threading.Lock()


class Named(queue.Queue):
    def _put(self, item):
        with names:
            super()._put(item)


jobs = Named()


def rename():
    with names:
        jobs.qsize()


threads = [threading.Thread(target=jobs.put, args=("a",)), threading.Thread(target=rename)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
