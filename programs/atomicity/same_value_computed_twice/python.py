import threading

lengths = {}
answers = {"first": None, "second": None}


def length_of(word):
    known = lengths.get(word)
    if known is None:
        known = len(word)
        lengths[word] = known
    return known


def ask(caller):
    answers[caller] = length_of("heron")


threads = [threading.Thread(target=ask, args=(each,)) for each in ("first", "second")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
