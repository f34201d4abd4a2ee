import threading

errands = ["bank"]
ran = []


def run_errands(child):
    while errands:
        errand = errands.pop()
        ran.append(errand)


threads = [threading.Thread(target=run_errands, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
