import threading

warehouse = {"lamp": 5}
aisle = threading.Lock()


def reserve(amount):
    with aisle:
        if warehouse["lamp"] >= amount:
            warehouse["lamp"] -= amount


threads = [threading.Thread(target=reserve, args=(each,)) for each in (3, 4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
