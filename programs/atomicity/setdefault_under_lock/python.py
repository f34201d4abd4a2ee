import threading

teams = {}
desk = threading.Lock()


def enrol(colour, player):
    with desk:
        teams.setdefault(colour, []).append(player)


def arrive(player):
    enrol("green", player)


threads = [threading.Thread(target=arrive, args=(each,)) for each in ("rob", "sue")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
