import threading

errands = ["bank", "bakery"]
ran = []
purse = threading.Lock()


def run_errands(child):
    while True:
        with purse:
            if not errands:
                break
            errand = errands.pop()
        ran.append((child, errand))


threads = [threading.Thread(target=run_errands, args=(each,)) for each in ("gus", "hal")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
