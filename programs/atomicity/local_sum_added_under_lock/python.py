import threading

steps = 0
board = threading.Lock()


def walk(days):
    global steps
    mine = 0
    for day in range(days):
        mine += day
    with board:
        steps += mine


threads = [threading.Thread(target=walk, args=(each,)) for each in (3, 4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
