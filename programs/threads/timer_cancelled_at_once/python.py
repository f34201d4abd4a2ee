import threading

rang = []
alarm = threading.Timer(60, rang.append, ["rang"])
alarm.start()
alarm.cancel()
alarm.join()
assert not rang
