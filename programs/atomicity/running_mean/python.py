import threading


class Scale:
    def __init__(self):
        self.grams = 0
        self.items = 0
        self.mean = 0
        self.latch = threading.Lock()

    def weigh(self, grams):
        with self.latch:
            self.grams += grams
        with self.latch:
            self.items += 1
        self.mean = self.grams / self.items


scale = Scale()
threads = [threading.Thread(target=scale.weigh, args=(each,)) for each in (10, 30)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
