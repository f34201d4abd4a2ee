import threading

ports = {"Bari": 2, "Cork": 5}
visited = []


def sail():
    for port in list(ports):
        visited.append(port)


def build():
    ports["Dover"] = 1


threads = [threading.Thread(target=sail), threading.Thread(target=build)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
