import threading

here = threading.Semaphore(0)
there = threading.Semaphore(0)


def sender():
    there.acquire()
    here.release()


def receiver():
    here.acquire()
    there.release()


threads = [threading.Thread(target=sender), threading.Thread(target=receiver)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
