import threading

events = []
events_lock = threading.Lock()
landed = 0


def log(line):
    with events_lock:
        events.append(line)


def land(flight):
    global landed
    log(f"{flight} approaches")
    with events_lock:
        landed += 1
    log(f"{flight} is down")


threads = [threading.Thread(target=land, args=(each,)) for each in ("K1", "K2")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
