import threading

guard = threading.Lock()
swept = False
sweeps = []


def sweep(cleaner):
    global swept
    with guard:
        if swept:
            return
        swept = True
    sweeps.append(cleaner)


threads = [threading.Thread(target=sweep, args=(each,)) for each in ("xav", "yma")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
