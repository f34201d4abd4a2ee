import threading
import time

soup = "raw"


def simmer():
    global soup
    soup = "done"


pot = threading.Thread(target=simmer)
pot.start()
while pot.is_alive():
    time.sleep(0.01)
served = soup
