import threading

coats = {"hook 3": "fur"}


def fetch(guest):
    if "hook 3" in coats:
        del coats["hook 3"]


threads = [threading.Thread(target=fetch, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
