import threading

trays = ["buns", "pies", "tart"]
oven = threading.Lock()
served = {"bob": [], "cat": []}


def next_trays():
    while True:
        with oven:
            if not trays:
                return
            tray = trays.pop(0)
        yield tray


def serve(waiter):
    for tray in next_trays():
        served[waiter].append(tray)


threads = [threading.Thread(target=serve, args=(each,)) for each in ("bob", "cat")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
