import threading


class Valve:
    def __init__(self):
        self._open = False

    @property
    def open(self):
        return self._open

    @open.setter
    def open(self, value):
        self._open = value


valve = Valve()


def turn(worker):
    valve.open = not valve.open


threads = [threading.Thread(target=turn, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
