import threading

keys = threading.BoundedSemaphore(1)
rides = []


def take_key():
    keys.acquire()
    rides.append("to the lake")


def bring_key_back():
    keys.release()


threads = [threading.Thread(target=take_key), threading.Thread(target=bring_key_back)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
