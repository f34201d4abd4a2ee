import threading

teams = {}


def enrol(colour, player):
    try:
        members = teams[colour]
    except KeyError:
        members = teams[colour] = []
    members.append(player)


def arrive(player):
    enrol("green", player)


threads = [threading.Thread(target=arrive, args=(each,)) for each in ("rob", "sue")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
