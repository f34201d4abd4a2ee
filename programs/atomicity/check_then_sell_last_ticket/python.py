import threading

tickets = 1
buyers = []


def buy(name):
    global tickets
    if tickets > 0:
        tickets = tickets - 1
        buyers.append(name)


threads = [threading.Thread(target=buy, args=(each,)) for each in ("noa", "oli")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
