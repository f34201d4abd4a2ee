import threading
import time

likes = 0


def like(user):
    global likes
    current = likes
    time.sleep(0.05)
    likes = current + 1


threads = [threading.Thread(target=like, args=(each,)) for each in ("lea", "max")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
