import threading

whistle = threading.Event()
moved = []


def player():
    whistle.wait()
    moved.append("ran")


def referee():
    whistle.set()
    whistle.clear()


threads = [threading.Thread(target=player), threading.Thread(target=referee)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
