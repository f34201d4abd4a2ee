import threading


class Register:
    def __init__(self):
        self.level = 10
        self.latch = threading.Lock()

    def peek(self):
        return self.level

    def replace(self, expected, fresh):
        with self.latch:
            if self.level == expected:
                self.level = fresh
                return True
            return False


tank = Register()
attempts = {"inlet": 0, "rain": 0}


def fill(source):
    while True:
        before = tank.peek()
        if tank.replace(before, before + 5):
            return
        attempts[source] += 1


threads = [threading.Thread(target=fill, args=(each,)) for each in ("inlet", "rain")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
