import threading

record = 0
headlines = []
jury = threading.Lock()


def jump(distance):
    global record
    if distance > record:
        with jury:
            if distance > record:
                record = distance
                headlines.append(distance)


threads = [threading.Thread(target=jump, args=(each,)) for each in (7, 8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
