import threading
import time


class Worker(threading.Thread):
    pause = time.sleep
    make_lock = threading.Lock

    def run(self):
        with self.make_lock():
            self.pause(0.1)
        self.done = True


worker = Worker()
worker.start()
worker.join()
assert worker.done
