import threading

canoe = []


def board(person):
    if len(canoe) >= 1:
        print("canoe is full")
        return
    canoe.append(person)


threads = [threading.Thread(target=board, args=(each,)) for each in ("abe", "bea")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
