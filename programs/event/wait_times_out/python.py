import threading

reply = threading.Event()
outcome = []


def caller():
    if reply.wait(timeout=0.05):
        outcome.append("answered")
    else:
        outcome.append("gave up")


telephone = threading.Thread(target=caller)
telephone.start()
telephone.join()
