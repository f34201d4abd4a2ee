import threading

guests = 4
share = None
table = threading.Lock()


def divide():
    global share
    with table:
        if guests != 0:
            share = 12 / guests


def leave():
    global guests
    with table:
        guests = 0


threads = [threading.Thread(target=divide), threading.Thread(target=leave)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
