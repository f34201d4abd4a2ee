import queue
import threading

ward = queue.PriorityQueue()
treated = []


def admit(urgency):
    ward.put(urgency)


threads = [threading.Thread(target=admit, args=(each,)) for each in (3, 1)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

while not ward.empty():
    treated.append(ward.get())
