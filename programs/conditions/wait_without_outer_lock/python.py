import threading

hall = threading.Lock()
door = threading.Condition()
is_open = False


def visitor():
    with door:
        while not is_open:
            door.wait()
    with hall:
        pass


def porter():
    global is_open
    with hall:
        with door:
            is_open = True
            door.notify()


threads = [threading.Thread(target=visitor), threading.Thread(target=porter)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
