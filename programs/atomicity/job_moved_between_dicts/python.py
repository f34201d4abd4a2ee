import threading

waiting = {"scan": 3}
finished = {}
performed = []


def perform(nurse):
    if "scan" in waiting:
        performed.append(nurse)
        finished["scan"] = waiting["scan"]
        waiting.pop("scan", None)


threads = [threading.Thread(target=perform, args=(each,)) for each in ("ona", "pit")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
