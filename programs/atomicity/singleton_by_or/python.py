import threading


class Clock:
    pass


class Tower:
    def __init__(self):
        self.clock = None

    def get(self):
        return self.clock or self.build()

    def build(self):
        self.clock = Clock()
        return self.clock


tower = Tower()
seen = {}


def look(person):
    seen[person] = tower.get()


threads = [threading.Thread(target=look, args=(each,)) for each in ("mia", "ned")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

one_clock = seen["mia"] is seen["ned"]
seen = None
