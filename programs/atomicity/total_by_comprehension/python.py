import threading

points = {"home": 1, "away": 2}
total = 3


def score(side):
    global total
    points[side] += 5
    total = sum(value for value in points.values())


threads = [threading.Thread(target=score, args=(each,)) for each in ("home", "away")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
