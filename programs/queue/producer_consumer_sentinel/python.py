import queue
import threading

belt = queue.Queue()
packed = []


def make():
    for part in ("bolt", "nut", None):
        belt.put(part)


def pack():
    while (part := belt.get()) is not None:
        packed.append(part)


threads = [threading.Thread(target=make), threading.Thread(target=pack)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
