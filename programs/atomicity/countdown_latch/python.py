import threading

remaining = 2
stage = threading.Condition()
log = []


def rehearse(actor):
    global remaining
    with stage:
        remaining -= 1
        if remaining == 0:
            stage.notify_all()


threads = [threading.Thread(target=rehearse, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()

with stage:
    while remaining > 0:
        stage.wait()
    log.append("curtain")
for thread in threads:
    thread.join()
