import threading


class Barrel:
    def __init__(self, litres):
        self.litres = litres
        self.tap = threading.Lock()


oak = Barrel(20)
tin = Barrel(20)


def pour(source, target):
    with source.tap:
        with target.tap:
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
