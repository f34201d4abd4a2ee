import threading
import time

stop = False


def mixer():
    while not stop:
        time.sleep(0.01)


def switch_off():
    global stop
    stop = True


threads = [threading.Thread(target=mixer), threading.Thread(target=switch_off)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
