import threading

here = threading.Semaphore(0)
there = threading.Semaphore(0)
met = {"sender": False, "receiver": False}


def sender():
    here.release()
    there.acquire()
    met["sender"] = True


def receiver():
    there.release()
    here.acquire()
    met["receiver"] = True


threads = [threading.Thread(target=sender), threading.Thread(target=receiver)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
