import threading

locks = [threading.Lock(), threading.Lock(), threading.Lock()]


def juggle(seat):
    low, high = sorted((seat, (seat + 1) % 3))
    with locks[low]:
        with locks[high]:
            pass


threads = [threading.Thread(target=juggle, args=(each,)) for each in (0, 1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
