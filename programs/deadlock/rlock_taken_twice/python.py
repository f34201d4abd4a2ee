import threading

drawer = threading.RLock()
spoons = 0


def count_spoons():
    with drawer:
        return spoons


def add_spoon():
    global spoons
    with drawer:
        spoons = count_spoons() + 1


threads = [threading.Thread(target=add_spoon), threading.Thread(target=add_spoon)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
