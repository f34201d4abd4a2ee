import threading

cup = threading.Lock()
plate = threading.Lock()
washed = []


def cup_first():
    with cup, plate:
        washed.append("cup first")


def plate_first():
    with plate, cup:
        washed.append("plate first")


for job in (cup_first, plate_first):
    worker = threading.Thread(target=job)
    worker.start()
    worker.join()
