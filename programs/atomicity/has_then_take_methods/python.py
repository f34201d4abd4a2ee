import threading


class Larder:
    def __init__(self):
        self.eggs = 5
        self.door = threading.Lock()

    def holds(self, wanted):
        with self.door:
            return self.eggs >= wanted

    def remove(self, wanted):
        with self.door:
            self.eggs -= wanted


larder = Larder()


def cook(dish):
    if larder.holds(3):
        larder.remove(3)


threads = [threading.Thread(target=cook, args=(each,)) for each in ("cake", "omelette")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
