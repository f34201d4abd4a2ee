import threading


class Candle:
    lit = 0
    match_box = threading.Lock()

    def light(self):
        with Candle.match_box:
            Candle.lit += 1


def celebrate(guest):
    Candle().light()


threads = [threading.Thread(target=celebrate, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

total = Candle.lit
