import threading


def odometer():
    metres = 0
    axle = threading.Lock()

    def roll(wheel):
        nonlocal metres
        with axle:
            metres = metres + 1

    def reading():
        return metres

    return roll, reading


roll, reading = odometer()
threads = [threading.Thread(target=roll, args=(each,)) for each in ("front", "rear")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

driven = reading()
