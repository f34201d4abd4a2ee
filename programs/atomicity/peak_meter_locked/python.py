import threading


class Lift:
    def __init__(self):
        self.riding = 0
        self.most = 0
        self.cable = threading.Lock()

    def enter(self):
        with self.cable:
            self.riding += 1
            if self.riding > self.most:
                self.most = self.riding

    def leave(self):
        with self.cable:
            self.riding -= 1


lift = Lift()


def ride(person):
    lift.enter()
    lift.leave()


threads = [threading.Thread(target=ride, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
