import threading
import time

wants = [False, False]
passed = 0


def squeeze(me):
    global passed
    wants[me] = True
    while wants[1 - me]:
        if me == 1:
            wants[1] = False
            while wants[0]:
                time.sleep(0.01)
            wants[1] = True
    passed += 1
    wants[me] = False


threads = [threading.Thread(target=squeeze, args=(each,)) for each in (0, 1)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
