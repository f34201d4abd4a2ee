import threading

oven = threading.Condition()
hot = False
pizzas = []


def cook():
    if not hot:
        with oven:
            oven.wait()
    pizzas.append("margherita")


def heater():
    global hot
    hot = True
    with oven:
        oven.notify()


threads = [threading.Thread(target=cook), threading.Thread(target=heater)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
