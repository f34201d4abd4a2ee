import threading


class Door:
    def __init__(self):
        self.passes = 1

    def admit(self):
        if self.passes <= 0:
            return False
        self.passes -= 1
        return True


door = Door()
inside = {"cat": None, "dog": None}


def knock(animal):
    inside[animal] = door.admit()


threads = [threading.Thread(target=knock, args=(each,)) for each in ("cat", "dog")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
