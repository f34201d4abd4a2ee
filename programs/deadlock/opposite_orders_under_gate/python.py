import threading

gate = threading.Lock()
cup = threading.Lock()
plate = threading.Lock()
washed = []


def cup_first():
    with gate:
        with cup, plate:
            washed.append("cup first")


def plate_first():
    with gate:
        with plate, cup:
            washed.append("plate first")


threads = [threading.Thread(target=cup_first), threading.Thread(target=plate_first)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
