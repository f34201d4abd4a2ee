import threading

own = threading.local()
totals = {2: 0, 5: 0}


def add_up(step):
    own.total = 0
    for _ in range(2):
        own.total += step
    totals[step] = own.total


threads = [threading.Thread(target=add_up, args=(each,)) for each in (2, 5)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
