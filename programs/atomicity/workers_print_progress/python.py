import threading

mailed = 0
tray = threading.Lock()


def mail(batch):
    global mailed
    with tray:
        mailed += 1
    print("mailed so far:", mailed)


threads = [threading.Thread(target=mail, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
