import threading

alarms = []


def ring():
    alarms.append("ring")


clock = threading.Timer(0.5, ring)
clock.start()
clock.cancel()
clock.join()
