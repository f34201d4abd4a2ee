import threading

headline = ""


def edit(paper):
    global headline
    headline = paper


threads = [threading.Thread(target=edit, args=(each,)) for each in ("flood", "fair")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
