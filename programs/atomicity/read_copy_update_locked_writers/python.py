import threading

clerk = threading.Lock()
streets = {"Elm": 1}
maps = []


def pave(name):
    global streets
    with clerk:
        longer = dict(streets)
        longer[name] = 2
        streets = longer


def draw():
    maps.append(sorted(streets))


threads = [
    threading.Thread(target=pave, args=("Ash",)),
    threading.Thread(target=pave, args=("Fir",)),
    threading.Thread(target=draw),
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
