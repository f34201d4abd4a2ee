import threading


class Nest:
    def __init__(self):
        self.egg = "blue"


nest = Nest()
takers = []


def raid(bird):
    if (egg := nest.egg) is not None:
        nest.egg = None
        takers.append(egg)


threads = [threading.Thread(target=raid, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
