import threading


class Endpoint:
    def __init__(self):
        self.city = "Rome"
        self.zone = 6


endpoint = Endpoint()
stamps = []


def move():
    endpoint.city = "Bern"
    endpoint.zone = 3


def stamp():
    city = endpoint.city
    zone = endpoint.zone
    stamps.append((city, zone))


threads = [threading.Thread(target=move), threading.Thread(target=stamp)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
