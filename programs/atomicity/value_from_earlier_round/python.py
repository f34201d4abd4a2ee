import threading

pile = 0


def stack(worker):
    global pile
    seen = 0
    for turn in range(2):
        if turn == 1:
            pile = seen + 1
        seen = pile


threads = [threading.Thread(target=stack, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
