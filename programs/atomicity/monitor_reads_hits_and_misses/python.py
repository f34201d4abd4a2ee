import threading

tally = threading.Lock()
goals = 0
saves = 0
snapshots = []


def match_day():
    global goals, saves
    for minute in (1, 2):
        if minute == 1:
            with tally:
                goals += 1
        else:
            with tally:
                saves += 1


def reporter():
    snapshots.append((goals, saves))


threads = [threading.Thread(target=match_day), threading.Thread(target=reporter)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
