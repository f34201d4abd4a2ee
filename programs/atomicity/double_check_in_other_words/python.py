import threading


class Toolbox:
    def __init__(self):
        self.tools = []
        self.bought = 0
        self.lid = threading.Lock()

    def first(self):
        if not self.tools:
            with self.lid:
                if len(self.tools) == 0:
                    self.bought += 1
                    self.tools.append("saw")
        return self.tools[0]


toolbox = Toolbox()


def repair(thing):
    toolbox.first()


threads = [threading.Thread(target=repair, args=(each,)) for each in ("door", "roof")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
