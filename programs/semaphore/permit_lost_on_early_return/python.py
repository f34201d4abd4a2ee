import threading

lane = threading.Semaphore(1)
times = []


def swim(seconds):
    lane.acquire()
    if seconds == 0:
        return
    times.append(seconds)
    lane.release()


threads = [threading.Thread(target=swim, args=(each,)) for each in (0, 31)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
