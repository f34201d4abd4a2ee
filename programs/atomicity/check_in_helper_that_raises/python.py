import threading


class Battery:
    def __init__(self):
        self.charge = 10
        self.fuse = threading.Lock()

    def require(self, units):
        with self.fuse:
            if self.charge < units:
                raise ValueError("flat")

    def spend(self, units):
        self.require(units)
        with self.fuse:
            self.charge -= units


battery = Battery()


def motor(side):
    try:
        battery.spend(6)
    except ValueError:
        pass


threads = [threading.Thread(target=motor, args=(each,)) for each in ("left", "right")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
