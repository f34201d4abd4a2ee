import threading

chairs = threading.Semaphore(2)
cuts = 0


def haircut(client):
    global cuts
    with chairs:
        cuts = cuts + 1


threads = [threading.Thread(target=haircut, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
