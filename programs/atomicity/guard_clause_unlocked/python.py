import threading

flour = 900


def knead(recipe):
    global flour
    if flour < 500:
        return
    flour -= 500


threads = [threading.Thread(target=knead, args=(each,)) for each in ("pizza", "pasta")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
