import threading
import time

sunrise = threading.Event()
birds = []


def cock():
    while not sunrise.is_set():
        time.sleep(0.01)
    birds.append("crow")


def sun():
    sunrise.set()


threads = [threading.Thread(target=cock), threading.Thread(target=sun)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
