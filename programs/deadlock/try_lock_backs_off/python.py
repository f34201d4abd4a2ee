import threading

east = threading.Lock()
west = threading.Lock()
crossed = []


def cross(name, near, far):
    with near:
        if far.acquire(blocking=False):
            crossed.append(name)
            far.release()


threads = [
    threading.Thread(target=cross, args=("cart", east, west)),
    threading.Thread(target=cross, args=("bus", west, east)),
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
