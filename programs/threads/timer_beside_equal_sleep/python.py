import threading
import time

rang = []
alarm = threading.Timer(60, rang.append, ["rang"])
alarm.start()
time.sleep(60)
alarm.cancel()
alarm.join()
assert not rang
