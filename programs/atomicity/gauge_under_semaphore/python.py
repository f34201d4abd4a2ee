import threading
import time

cooking = 0
busiest = 0
scale = threading.Lock()
stoves = threading.Semaphore(2)


def cook(dish):
    global cooking, busiest
    with stoves:
        with scale:
            cooking += 1
            busiest = max(busiest, cooking)
        time.sleep(0.05)
        with scale:
            cooking -= 1


threads = [threading.Thread(target=cook, args=(each,)) for each in ("rice", "beans")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
