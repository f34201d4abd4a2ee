import threading

washed = 0
display = 0
sink = threading.Lock()


def wash():
    global washed
    for _ in range(2):
        with sink:
            washed += 1


def show():
    global display
    display = washed
    print("plates:", display)


threads = [threading.Thread(target=wash), threading.Thread(target=show)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
