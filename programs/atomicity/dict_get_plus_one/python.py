import threading

visits = {}


def visit(name):
    visits["museum"] = visits.get("museum", 0) + 1


threads = [threading.Thread(target=visit, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
