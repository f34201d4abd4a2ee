import threading

bell = threading.Condition()
rung = False
lessons = []


def pupil():
    with bell:
        while not rung:
            bell.wait()
    lessons.append("maths")


def janitor():
    global rung
    with bell:
        rung = True
        bell.notify()


threads = [threading.Thread(target=pupil), threading.Thread(target=janitor)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
