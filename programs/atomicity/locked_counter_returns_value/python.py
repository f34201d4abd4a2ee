import threading


class Turnstile:
    def __init__(self):
        self.guard = threading.Lock()
        self.passed = 0

    def enter(self):
        with self.guard:
            self.passed += 1
            return self.passed


gate = Turnstile()
numbers = {"north": [], "south": []}


def visitors(side):
    for _ in range(2):
        numbers[side].append(gate.enter())


threads = [threading.Thread(target=visitors, args=(each,)) for each in ("north", "south")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
