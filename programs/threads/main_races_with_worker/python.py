import threading

stamps = 0


def press():
    global stamps
    stamps = stamps + 1


helper = threading.Thread(target=press)
helper.start()
press()
helper.join()
