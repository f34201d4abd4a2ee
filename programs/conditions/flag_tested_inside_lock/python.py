import threading

oven = threading.Condition()
hot = False
pizzas = []


def cook():
    with oven:
        if not hot:
            oven.wait()
    pizzas.append("margherita")


def heater():
    global hot
    with oven:
        hot = True
        oven.notify()


threads = [threading.Thread(target=cook), threading.Thread(target=heater)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
