import threading


class Cistern:
    def __init__(self):
        self.left = 4
        self.right = 4


cistern = Cistern()


def drain_left():
    if cistern.left + cistern.right >= 5:
        cistern.left -= 5


def drain_right():
    if cistern.left + cistern.right >= 5:
        cistern.right -= 5


threads = [threading.Thread(target=drain_left), threading.Thread(target=drain_right)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
