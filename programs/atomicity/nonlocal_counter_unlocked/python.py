import threading


def odometer():
    metres = 0

    def roll(wheel):
        nonlocal metres
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
