import threading

stage = threading.Condition()
turn = "ana"
lines = []


def speak(me, other):
    global turn
    for _ in range(2):
        with stage:
            while turn != me:
                stage.wait()
            lines.append(me)
            turn = other
            stage.notify_all()


threads = [
    threading.Thread(target=speak, args=("ana", "ben")),
    threading.Thread(target=speak, args=("ben", "ana")),
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
