import threading

counts = {}


def count(text):
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1


threads = [threading.Thread(target=count, args=(each,)) for each in ("to be", "to do")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
