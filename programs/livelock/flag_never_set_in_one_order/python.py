import threading
import time

asked = False
allowed = False


def child():
    global asked
    asked = True
    while not allowed:
        time.sleep(0.01)


def parent():
    global allowed
    if asked:
        allowed = True


threads = [threading.Thread(target=child), threading.Thread(target=parent)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
