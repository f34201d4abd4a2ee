import threading

arrived = []
complete = threading.Event()


def arrive(hiker):
    arrived.append(hiker)
    if len(arrived) == 2:
        complete.set()


threads = [threading.Thread(target=arrive, args=(each,)) for each in ("cal", "dot")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

complete.wait()
