import threading

guests = 4
share = None


def divide():
    global share
    if guests != 0:
        share = 12 / guests


def leave():
    global guests
    guests = 0


threads = [threading.Thread(target=divide), threading.Thread(target=leave)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
