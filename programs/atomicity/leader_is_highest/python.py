import threading

leader = 0
election = threading.Lock()


def stand(badge):
    global leader
    with election:
        leader = max(leader, badge)


threads = [threading.Thread(target=stand, args=(each,)) for each in (5, 9)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
