import threading

line = threading.Barrier(2)
painted = {"roof": False, "wall": False}
checked = {"roof": None, "wall": None}


def paint(mine, other):
    painted[mine] = True
    line.wait()
    checked[mine] = painted[other]


threads = [
    threading.Thread(target=paint, args=("roof", "wall")),
    threading.Thread(target=paint, args=("wall", "roof")),
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
