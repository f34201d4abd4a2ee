import threading

counts = {}
merging = threading.Lock()


def count(text):
    own = {}
    for word in text.split():
        own[word] = own.get(word, 0) + 1
    with merging:
        for word in own:
            counts[word] = counts.get(word, 0) + own[word]


threads = [threading.Thread(target=count, args=(each,)) for each in ("to be", "to do")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
