import threading
import time

green = False
crossed = []


def pedestrian():
    while not green:
        time.sleep(0.01)
    crossed.append("street")


def traffic_light():
    global green
    green = True


threads = [threading.Thread(target=pedestrian), threading.Thread(target=traffic_light)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
