import threading
import time

server = 0
strokes = []


def hit(player):
    global server
    for _ in range(2):
        while server != player:
            time.sleep(0.01)
        strokes.append(player)
        server = 1 - player


threads = [threading.Thread(target=hit, args=(each,)) for each in (0, 1)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
