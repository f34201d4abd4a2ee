import threading

route = None
departure = threading.Event()


def planner():
    global route
    departure.set()
    route = ["Oslo"]


def driver():
    departure.wait()
    print("first stop", route[0])


threads = [threading.Thread(target=planner), threading.Thread(target=driver)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
