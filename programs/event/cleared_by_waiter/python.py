import threading

whistle = threading.Event()
moved = []


def player():
    whistle.wait()
    whistle.clear()
    moved.append("ran")


def referee():
    whistle.set()


threads = [threading.Thread(target=player), threading.Thread(target=referee)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
