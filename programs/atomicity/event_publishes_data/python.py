import threading

menu = None
opened = threading.Event()
orders = []


def chef():
    global menu
    menu = "soup"
    opened.set()


def guest():
    opened.wait()
    orders.append(menu)


threads = [threading.Thread(target=chef), threading.Thread(target=guest)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
