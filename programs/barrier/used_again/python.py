import threading

gate = threading.Barrier(2)
rounds = []


def work():
    for turn in range(2):
        if gate.wait() == 0:
            rounds.append(turn)


threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
