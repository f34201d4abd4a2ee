import threading

seats = []
seat_of = {}


def sit(name):
    seat_of[name] = len(seats)
    seats.append(name)


threads = [threading.Thread(target=sit, args=(each,)) for each in ("eli", "fay")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
