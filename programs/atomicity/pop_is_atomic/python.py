import threading

umbrellas = ["black", "striped"]
carried = {"yan": None, "zoe": None}


def borrow(name):
    try:
        carried[name] = umbrellas.pop()
    except IndexError:
        carried[name] = "wet"


threads = [threading.Thread(target=borrow, args=(each,)) for each in ("yan", "zoe")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
