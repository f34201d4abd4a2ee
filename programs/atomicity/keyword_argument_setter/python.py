import threading


class Dial:
    def __init__(self):
        self.notch = 0

    def where(self):
        return self.notch

    def turn_to(self, *, notch):
        self.notch = notch


dial = Dial()


def click(finger):
    now = dial.where()
    dial.turn_to(notch=now + 1)


threads = [threading.Thread(target=click, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
