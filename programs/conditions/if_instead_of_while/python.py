import threading

landed = threading.Condition()
fish = []


def fry():
    with landed:
        if not fish:
            landed.wait()
        fish.pop()


def trawl():
    for catch in ("cod", "eel"):
        with landed:
            fish.append(catch)
            landed.notify_all()


threads = [threading.Thread(target=job) for job in (fry, fry, trawl)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
