import queue
import threading

belt = queue.Queue()
packed = {"ira": [], "jan": []}


def pack(worker):
    while (part := belt.get()) is not None:
        packed[worker].append(part)


for part in ("bolt", None, None):
    belt.put(part)
threads = [threading.Thread(target=pack, args=(each,)) for each in ("ira", "jan")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
