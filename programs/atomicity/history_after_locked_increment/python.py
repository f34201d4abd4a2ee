import threading

shutter = threading.Lock()
frame = 0
album = []


def shoot(camera):
    global frame
    with shutter:
        frame += 1
        mine = frame
    album.append(mine)


threads = [threading.Thread(target=shoot, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
