import threading
import time

busy = False
pages = 0


def copy_page(user):
    global busy, pages
    while busy:
        time.sleep(0.01)
    busy = True
    pages = pages + 1
    busy = False


threads = [threading.Thread(target=copy_page, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
