import threading

spotlight = threading.Semaphore(1)
stars = []


def audition(singer):
    if spotlight.acquire(blocking=False):
        stars.append(singer)


threads = [threading.Thread(target=audition, args=(each,)) for each in ("cleo", "dora")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
