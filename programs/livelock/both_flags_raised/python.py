import threading
import time

raised = [False, False]
visits = 0


def enter(me):
    global visits
    raised[me] = True
    while raised[1 - me]:
        time.sleep(0.01)
    visits += 1
    raised[me] = False


threads = [threading.Thread(target=enter, args=(each,)) for each in (0, 1)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
