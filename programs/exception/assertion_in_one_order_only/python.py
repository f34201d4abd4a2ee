import threading

baton = threading.Lock()
beats = []


def drum(drummer):
    for _ in range(2):
        with baton:
            beats.append(drummer)


threads = [threading.Thread(target=drum, args=(each,)) for each in ("a", "b")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

assert beats != ["a", "b", "b", "a"], "the forbidden rhythm"
