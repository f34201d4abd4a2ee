import threading

keys = threading.BoundedSemaphore(1)
taken = threading.Event()
rides = []


def take_key():
    keys.acquire()
    taken.set()
    rides.append("to the lake")


def bring_key_back():
    taken.wait()
    keys.release()


threads = [threading.Thread(target=take_key), threading.Thread(target=bring_key_back)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
