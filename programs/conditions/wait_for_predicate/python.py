import threading

track = threading.Condition()
signal = "red"
trains = []


def train():
    with track:
        track.wait_for(lambda: signal == "green")
        trains.append("passed")


def signalman():
    global signal
    with track:
        signal = "green"
        track.notify_all()


threads = [threading.Thread(target=train), threading.Thread(target=signalman)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
