import queue
import threading

sides = queue.Queue()
sides.put(3)
sides.put(4)
areas = {}
order = []


def mason(name):
    while True:
        try:
            side = sides.get_nowait()
        except queue.Empty:
            return
        areas[side] = side * side
        order.append(side)


threads = [threading.Thread(target=mason, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
