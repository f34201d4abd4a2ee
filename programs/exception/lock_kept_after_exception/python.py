import threading

stall = threading.Lock()
sold = []


def sell(price):
    try:
        stall.acquire()
        sold.append(100 // price)
        stall.release()
    except ZeroDivisionError:
        pass


threads = [threading.Thread(target=sell, args=(each,)) for each in (0, 20)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
