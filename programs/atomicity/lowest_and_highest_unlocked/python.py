import threading


class Weather:
    def __init__(self):
        self.coldest = 30
        self.hottest = -30

    def measure(self, degrees):
        self.coldest = min(self.coldest, degrees)
        self.hottest = max(self.hottest, degrees)


weather = Weather()
threads = [threading.Thread(target=weather.measure, args=(each,)) for each in (12, 17)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
