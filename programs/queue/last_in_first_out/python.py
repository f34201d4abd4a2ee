import queue
import threading

plates = queue.LifoQueue()
taken = []


def wash():
    plates.put("large")
    plates.put("small")


def dry():
    taken.append(plates.get())
    taken.append(plates.get())

threads = [threading.Thread(target=each) for each in (wash, dry)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
