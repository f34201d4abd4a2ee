import threading

bell = threading.Condition()
lessons = []


def pupil():
    with bell:
        bell.wait()
    lessons.append("maths")


def janitor():
    with bell:
        bell.notify()


threads = [threading.Thread(target=pupil), threading.Thread(target=janitor)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
