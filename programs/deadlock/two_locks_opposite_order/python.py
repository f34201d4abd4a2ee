import threading

brush = threading.Lock()
paint = threading.Lock()
fences = []


def left_hander():
    with brush:
        with paint:
            fences.append("done")


def right_hander():
    with paint:
        with brush:
            fences.append("done")


threads = [threading.Thread(target=left_hander), threading.Thread(target=right_hander)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
