import threading

distances = {}
measured = []


def measure(town):
    measured.append(town)
    return len(town) * 10


def distance(town):
    if town not in distances:
        distances[town] = measure(town)
    return distances[town]


def travel(who):
    distance("Ulm")


threads = [threading.Thread(target=travel, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
