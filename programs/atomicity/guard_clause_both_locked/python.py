import threading

fuel = 50
pump = threading.Lock()


def refuel(car):
    global fuel
    with pump:
        if fuel < 30:
            return
    with pump:
        fuel -= 30


threads = [threading.Thread(target=refuel, args=(each,)) for each in ("red", "blue")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
