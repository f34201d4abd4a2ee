import threading


class Table:
    def __init__(self):
        self.left = "fork"
        self.right = "knife"


table = Table()
manners = threading.Lock()


def turn(person):
    with manners:
        table.left, table.right = table.right, table.left


threads = [threading.Thread(target=turn, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
