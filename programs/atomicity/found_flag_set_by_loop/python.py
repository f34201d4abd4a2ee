import threading

species = []


def note(bird):
    present = False
    for known in species:
        if known == bird:
            present = True
    if not present:
        species.append(bird)


def watch(observer):
    note("robin")


threads = [threading.Thread(target=watch, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
