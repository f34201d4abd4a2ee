import threading

alarms = []


def ring():
    alarms.append("ring")


clock = threading.Timer(0.05, ring)
clock.start()
clock.join()
