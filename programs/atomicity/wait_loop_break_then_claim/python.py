import threading
import time

holder = None
played = []


def play(kid):
    global holder
    while True:
        if holder is None:
            break
        time.sleep(0.05)
    print("swing is free")
    holder = kid
    played.append(holder)
    holder = None


threads = [threading.Thread(target=play, args=(each,)) for each in ("kim", "lou")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
