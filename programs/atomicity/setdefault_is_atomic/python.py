import threading

garden = {}


def plant(flower):
    bed = garden.setdefault("south bed", {})
    bed[flower] = 1


threads = [threading.Thread(target=plant, args=(each,)) for each in ("tulip", "poppy")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
