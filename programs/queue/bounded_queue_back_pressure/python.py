import queue
import threading

hopper = queue.Queue(maxsize=1)
milled = []


def farmer():
    for grain in ("wheat", "rye", "stop"):
        hopper.put(grain)


def miller():
    while (grain := hopper.get()) != "stop":
        milled.append(grain)


threads = [threading.Thread(target=farmer), threading.Thread(target=miller)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
