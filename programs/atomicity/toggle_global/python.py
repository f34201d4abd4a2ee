import threading

lamp = False


def press(hand):
    global lamp
    lamp = not lamp


threads = [threading.Thread(target=press, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
