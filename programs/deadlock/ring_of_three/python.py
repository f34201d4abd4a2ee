import threading

locks = [threading.Lock(), threading.Lock(), threading.Lock()]


def juggle(seat):
    with locks[seat]:
        with locks[(seat + 1) % 3]:
            pass


threads = [threading.Thread(target=juggle, args=(each,)) for each in (0, 1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
