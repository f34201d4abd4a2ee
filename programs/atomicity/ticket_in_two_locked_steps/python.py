import threading

upcoming = 1
booth = threading.Lock()
tickets = {"vera": None, "will": None}


def draw_ticket(name):
    global upcoming
    with booth:
        ticket = upcoming
    with booth:
        upcoming = ticket + 1
    tickets[name] = ticket


threads = [threading.Thread(target=draw_ticket, args=(each,)) for each in ("vera", "will")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
