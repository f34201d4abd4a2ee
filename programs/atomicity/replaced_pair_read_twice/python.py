import threading


class Office:
    def __init__(self):
        self.address = {"city": "Rome", "zone": 6}


office = Office()
stamps = []


def move():
    office.address = {"city": "Bern", "zone": 3}
    office.address = {"city": "Riga", "zone": 9}


def stamp():
    stamps.append((office.address["city"], office.address["zone"]))


threads = [threading.Thread(target=move), threading.Thread(target=stamp)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
