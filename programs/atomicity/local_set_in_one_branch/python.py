import threading

depth = 0
noted = {}


def dive(metres):
    global depth
    for phase in range(2):
        if phase == 0:
            value = depth
            noted[metres] = value
        else:
            value = metres + 1
            depth = value


threads = [threading.Thread(target=dive, args=(each,)) for each in (4, 8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
