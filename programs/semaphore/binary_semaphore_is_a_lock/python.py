import threading

chairs = threading.Semaphore(1)
seated = 0
peak = 0


def haircut(client):
    global seated, peak
    with chairs:
        seated += 1
        peak = max(peak, seated)
        seated -= 1


threads = [threading.Thread(target=haircut, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
