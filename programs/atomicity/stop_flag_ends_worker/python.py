import threading
import time

halt = False
turns = 0


def wheel():
    global turns
    while not halt:
        if turns < 2:
            turns += 1
        time.sleep(0.05)


mill = threading.Thread(target=wheel)
mill.start()
halt = True
mill.join()
