import threading

halves = {}


def work(own, other):
    halves[own] = own * 2
    assert halves[other] == other * 2


threads = [threading.Thread(target=work, args=pair) for pair in ((1, 2), (2, 1))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
