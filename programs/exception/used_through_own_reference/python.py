import threading


class Link:
    def __init__(self):
        self.lines = []

    def send(self, line):
        self.lines.append(line)


link = Link()


def talk():
    mine = link
    if mine is not None:
        mine.send("hello")


def hang_up():
    global link
    link = None


threads = [threading.Thread(target=talk), threading.Thread(target=hang_up)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
