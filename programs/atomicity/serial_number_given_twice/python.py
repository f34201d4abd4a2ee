import threading


class Labels:
    def __init__(self):
        self.upcoming = 100

    def issue(self):
        label = self.upcoming
        self.upcoming += 1
        return label


labels = Labels()
boxes = {"tall": None, "flat": None}


def tag(box):
    boxes[box] = labels.issue()


threads = [threading.Thread(target=tag, args=(each,)) for each in ("tall", "flat")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
