import threading

lockers = {}
claims = []


def claim(pupil):
    if lockers.setdefault(17, pupil) == pupil:
        claims.append(pupil)


threads = [threading.Thread(target=claim, args=(each,)) for each in ("rio", "sia")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
