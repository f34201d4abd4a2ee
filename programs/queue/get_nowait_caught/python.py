import queue
import threading

counter = queue.Queue()
counter.put("cake")
plates = []


def customer(name):
    try:
        plates.append(counter.get_nowait())
    except queue.Empty:
        pass


threads = [threading.Thread(target=customer, args=(each,)) for each in ("kai", "liv")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
