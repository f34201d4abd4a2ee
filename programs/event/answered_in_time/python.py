import threading

reply = threading.Event()
outcome = []


def caller():
    outcome.append(reply.wait(timeout=5))


def friend():
    reply.set()


threads = [threading.Thread(target=caller), threading.Thread(target=friend)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
