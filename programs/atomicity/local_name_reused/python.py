import threading

depth = 0
noted = {}


def dive(metres):
    global depth
    value = depth
    noted[metres] = value
    value = metres + 1
    depth = value


threads = [threading.Thread(target=dive, args=(each,)) for each in (4, 8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
