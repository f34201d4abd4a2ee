import threading

coins = 0


def drop(person):
    global coins
    pocket = [coins]
    coins = pocket[0] + 1


threads = [threading.Thread(target=drop, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
