import threading

coats = {"hook 3": "fur"}


def fetch(guest):
    coats.pop("hook 3", None)


threads = [threading.Thread(target=fetch, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
