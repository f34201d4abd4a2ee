import threading

pen = threading.Lock()
guestbook = []


def sign(name):
    for page in (1, 2):
        with pen:
            guestbook.append((name, page))


threads = [threading.Thread(target=sign, args=(each,)) for each in ("uma", "vic")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
