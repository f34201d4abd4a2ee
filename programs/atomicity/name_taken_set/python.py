import threading

nicknames = set()
welcomed = []


def register(person):
    if "ace" not in nicknames:
        nicknames.add("ace")
        welcomed.append(person)


threads = [threading.Thread(target=register, args=(each,)) for each in ("tom", "ula")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
