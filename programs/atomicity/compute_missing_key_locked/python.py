import threading

distances = {}
measured = []
atlas = threading.Lock()


def measure(town):
    measured.append(town)
    return len(town) * 10


def distance(town):
    with atlas:
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
