import queue
import threading

belt = queue.Queue()
packed = {"ira": [], "jan": []}


def pack(worker):
    while (part := belt.get()) is not None:
        packed[worker].append(part)


belt.put("bolt")
belt.put(None)
threads = [threading.Thread(target=pack, args=(each,)) for each in ("ira", "jan")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
