import threading

lockers = {}
claims = []


def claim(pupil):
    if 17 not in lockers:
        lockers[17] = "taken"
        claims.append(pupil)


threads = [threading.Thread(target=claim, args=(each,)) for each in ("rio", "sia")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
