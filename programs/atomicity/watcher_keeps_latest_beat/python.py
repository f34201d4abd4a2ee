import threading


class Pulse:
    def __init__(self):
        self.beats = 0
        self.noted = -1


pulse = Pulse()


def heart():
    for _ in range(2):
        pulse.beats += 1


def nurse():
    for _ in range(2):
        beats = pulse.beats
        if beats != pulse.noted:
            pulse.noted = beats


threads = [threading.Thread(target=heart), threading.Thread(target=nurse)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
