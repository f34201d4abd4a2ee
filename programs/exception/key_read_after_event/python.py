import threading

phone_book = {}
dialled = []
printed = threading.Event()


def publish():
    phone_book["plumber"] = 5551
    printed.set()


def dial():
    printed.wait()
    dialled.append(phone_book["plumber"])


threads = [threading.Thread(target=publish), threading.Thread(target=dial)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
