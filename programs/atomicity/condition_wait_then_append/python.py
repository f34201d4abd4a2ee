import threading

shelf_changed = threading.Condition()
shelf = []
eaten = []


def bake(loaf):
    with shelf_changed:
        while len(shelf) >= 1:
            shelf_changed.wait()
        shelf.append(loaf)
        shelf_changed.notify_all()


def eat():
    for _ in range(2):
        with shelf_changed:
            while not shelf:
                shelf_changed.wait()
            eaten.append(shelf.pop(0))
            shelf_changed.notify_all()


threads = [
    threading.Thread(target=bake, args=("rye",)),
    threading.Thread(target=bake, args=("oat",)),
    threading.Thread(target=eat),
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
