import threading


class Barrel:
    def __init__(self, rank, litres):
        self.rank = rank
        self.litres = litres
        self.tap = threading.Lock()


oak = Barrel(1, 20)
tin = Barrel(2, 20)


def pour(source, target):
    first, second = (source, target) if source.rank < target.rank else (target, source)
    with first.tap:
        with second.tap:
            source.litres -= 5
            target.litres += 5


threads = [
    threading.Thread(target=pour, args=(oak, tin)),
    threading.Thread(target=pour, args=(tin, oak)),
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
