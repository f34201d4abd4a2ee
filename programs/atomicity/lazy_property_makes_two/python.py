import threading


class Gateway:
    def __init__(self):
        self._line = None
        self.dialled = 0

    @property
    def line(self):
        if self._line is None:
            self.dialled += 1
            self._line = {"call": self.dialled}
        return self._line


gateway = Gateway()


def talk(caller):
    gateway.line[caller] = "said hello"


threads = [threading.Thread(target=talk, args=(each,)) for each in ("tim", "una")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
