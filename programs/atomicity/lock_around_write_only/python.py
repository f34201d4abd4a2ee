import threading

votes = 0
urn = threading.Lock()


def vote(citizen):
    global votes
    seen = votes
    with urn:
        votes = seen + 1


threads = [threading.Thread(target=vote, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
