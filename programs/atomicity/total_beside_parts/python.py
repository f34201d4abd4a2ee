import threading


class Basket:
    def __init__(self):
        self.weights = {"figs": 2, "nuts": 2}
        self.sum = 4


basket = Basket()


def refill(fruit):
    basket.weights[fruit] = 7
    basket.sum = basket.weights["figs"] + basket.weights["nuts"]


threads = [threading.Thread(target=refill, args=(each,)) for each in ("figs", "nuts")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
