import queue
import threading

counter = queue.Queue()
counter.put("cake")
plates = []


def customer(name):
    if not counter.empty():
        plates.append(counter.get())


threads = [threading.Thread(target=customer, args=(each,)) for each in ("kai", "liv")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
