import threading

bid = 0


def offer(amount):
    global bid
    if amount > bid:
        bid = amount


threads = [threading.Thread(target=offer, args=(each,)) for each in (40, 60)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
