import threading


class Racks:
    def __init__(self):
        self.bikes = ["b7", "b9"]
        self.rented = []

    def rent(self):
        for bike in self.bikes:
            if bike not in self.rented:
                self.rented.append(bike)
                return bike


racks = Racks()
riders = {"wim": None, "xia": None}


def ride(name):
    riders[name] = racks.rent()


threads = [threading.Thread(target=ride, args=(each,)) for each in ("wim", "xia")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
