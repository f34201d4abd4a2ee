import threading


class Wagon:
    def __init__(self, cargo, behind):
        self.cargo = cargo
        self.behind = behind


engine = None


def couple(cargo):
    global engine
    wagon = Wagon(cargo, engine)
    engine = wagon


threads = [threading.Thread(target=couple, args=(each,)) for each in ("coal", "corn")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
