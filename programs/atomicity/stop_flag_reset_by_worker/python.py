import threading
import time

halt = False
report = []


def wheel():
    global halt
    halt = False
    while not halt:
        time.sleep(0.05)
    report.append("stopped")


mill = threading.Thread(target=wheel)
mill.start()
halt = True
mill.join()
