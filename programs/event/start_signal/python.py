import threading

pistol = threading.Event()
finish = []


def run(runner):
    pistol.wait()
    finish.append(runner)


threads = [threading.Thread(target=run, args=(each,)) for each in ("gil", "hugo")]
for thread in threads:
    thread.start()

pistol.set()
for thread in threads:
    thread.join()
