import threading

dock = threading.Lock()
moored = []
most = 0


def visit(boat):
    global most
    with dock:
        moored.append(boat)
        most = max(most, len(moored))
    with dock:
        moored.remove(boat)


threads = [threading.Thread(target=visit, args=(each,)) for each in ("skiff", "yawl")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
