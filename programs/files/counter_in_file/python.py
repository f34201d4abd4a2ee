import os
import tempfile
import threading


def count(path):
    with open(path) as file:
        seen = int(file.read() or "0")
    with open(path, "w") as file:
        file.write(str(seen + 1))


def run(path):
    with open(path, "w") as file:
        file.write("0")
    threads = [threading.Thread(target=count, args=(path,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with open(path) as file:
        return int(file.read())


with tempfile.TemporaryDirectory() as folder:
    counted = run(os.path.join(folder, "count"))
