import threading

fresh_bread = threading.Semaphore(0)
bread = None
toast = []


def baker():
    global bread
    bread = "loaf"
    fresh_bread.release()


def eater():
    fresh_bread.acquire()
    toast.append(bread)


threads = [threading.Thread(target=baker), threading.Thread(target=eater)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
