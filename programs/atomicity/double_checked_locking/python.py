import threading

printer = None
deliveries = 0
office = threading.Lock()


def need_printer(desk):
    global printer, deliveries
    if printer is None:
        with office:
            if printer is None:
                deliveries += 1
                printer = "laser"


threads = [threading.Thread(target=need_printer, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
