import queue
import threading

hopper = queue.Queue(maxsize=1)
milled = []


def farmer():
    hopper.put("wheat")
    hopper.put("rye")


def foreman():
    hopper.put("stop")


def miller():
    while (grain := hopper.get()) != "stop":
        milled.append(grain)


threads = [threading.Thread(target=job) for job in (farmer, foreman, miller)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
