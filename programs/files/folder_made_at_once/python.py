import os
import tempfile
import threading


def prepare(path):
    try:
        os.mkdir(path)
    except FileExistsError:
        pass


def run(path):
    threads = [threading.Thread(target=prepare, args=(path,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


with tempfile.TemporaryDirectory() as place:
    run(os.path.join(place, "cache"))
