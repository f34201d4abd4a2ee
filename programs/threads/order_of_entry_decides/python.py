import threading

medal = threading.Lock()
winner = None


def race(athlete):
    global winner
    with medal:
        if winner is None:
            winner = athlete


threads = [threading.Thread(target=race, args=(each,)) for each in ("ola", "per")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
