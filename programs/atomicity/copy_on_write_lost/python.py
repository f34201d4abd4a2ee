import threading


class Bell:
    def __init__(self):
        self.listeners = []


bell = Bell()


def subscribe(house):
    copy = list(bell.listeners)
    copy.append(house)
    bell.listeners = copy


threads = [threading.Thread(target=subscribe, args=(each,)) for each in (12, 14)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
