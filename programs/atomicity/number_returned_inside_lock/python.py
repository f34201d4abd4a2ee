import threading


class Labels:
    def __init__(self):
        self.newest = 100
        self.stamp = threading.Lock()

    def issue(self):
        with self.stamp:
            self.newest += 1
            return self.newest


labels = Labels()
boxes = {"tall": None, "flat": None}


def tag(box):
    boxes[box] = labels.issue()


threads = [threading.Thread(target=tag, args=(each,)) for each in ("tall", "flat")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
