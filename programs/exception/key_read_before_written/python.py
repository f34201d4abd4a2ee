import threading

phone_book = {}
dialled = []


def publish():
    phone_book["plumber"] = 5551


def dial():
    dialled.append(phone_book["plumber"])


threads = [threading.Thread(target=publish), threading.Thread(target=dial)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
