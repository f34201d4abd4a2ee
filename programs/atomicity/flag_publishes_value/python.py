import threading
import time

price = 0
known = False
invoices = []


def trader():
    global price, known
    price = 120
    known = True


def clerk():
    while not known:
        time.sleep(0.01)
    invoices.append(price)


threads = [threading.Thread(target=trader), threading.Thread(target=clerk)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
