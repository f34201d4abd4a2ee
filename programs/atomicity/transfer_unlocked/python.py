import threading


class Purse:
    def __init__(self, coins):
        self.coins = coins

    def pay_out(self, amount):
        if self.coins >= amount:
            self.coins -= amount
            return True
        return False

    def pay_in(self, amount):
        self.coins += amount


mine = Purse(5)
yours = Purse(0)


def hand_over(amount):
    if mine.pay_out(amount):
        yours.pay_in(amount)


threads = [threading.Thread(target=hand_over, args=(each,)) for each in (3, 3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
