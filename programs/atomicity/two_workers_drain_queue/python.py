import queue
import threading

parcels = queue.Queue()
for number in (11, 12, 13):
    parcels.put(number)
loaded = {"van": [], "bike": []}


def load(vehicle):
    while True:
        try:
            parcel = parcels.get_nowait()
        except queue.Empty:
            break
        loaded[vehicle].append(parcel)


threads = [threading.Thread(target=load, args=(each,)) for each in ("van", "bike")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
