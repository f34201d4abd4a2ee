import threading


class Office:
    def __init__(self):
        self.address = {"city": "Rome", "zone": 6}


office = Office()
stamps = []


def move():
    fresh = dict(office.address)
    fresh["city"] = "Bern"
    fresh["zone"] = 3
    office.address = fresh


def stamp():
    address = office.address
    stamps.append((address["city"], address["zone"]))


threads = [threading.Thread(target=move), threading.Thread(target=stamp)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
