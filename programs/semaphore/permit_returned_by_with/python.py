import threading

lane = threading.Semaphore(1)
times = []


def swim(seconds):
    with lane:
        if seconds == 0:
            return
        times.append(seconds)


threads = [threading.Thread(target=swim, args=(each,)) for each in (0, 31)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
