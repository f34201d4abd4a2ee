import threading

heated = threading.Event()
ignitions = []


def heat(room):
    if not heated.is_set():
        heated.set()
        ignitions.append("fire")


threads = [threading.Thread(target=heat, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
