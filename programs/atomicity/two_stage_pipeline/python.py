import queue
import threading

raw = queue.Queue()
dyed = queue.Queue()
cloth = []


def dye():
    for _ in range(2):
        dyed.put(raw.get() + " blue")


def weave():
    for _ in range(2):
        cloth.append(dyed.get())


raw.put("wool")
raw.put("silk")
threads = [threading.Thread(target=dye), threading.Thread(target=weave)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
