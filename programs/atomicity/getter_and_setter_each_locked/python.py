import threading


class Thermostat:
    def __init__(self):
        self.degrees = 18
        self.key = threading.Lock()

    def read(self):
        with self.key:
            return self.degrees

    def write(self, degrees):
        with self.key:
            self.degrees = degrees


hall = Thermostat()


def warmer(person):
    hall.write(hall.read() + 1)


threads = [threading.Thread(target=warmer, args=(each,)) for each in ("pam", "quin")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
