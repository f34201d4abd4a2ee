import threading

wind = 0
shown = None


def vane():
    global wind
    wind = 4
    wind = 9


def screen():
    global shown
    shown = wind


threads = [threading.Thread(target=vane), threading.Thread(target=screen)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
