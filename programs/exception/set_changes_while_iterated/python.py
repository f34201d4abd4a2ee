import threading

sheep = {"dolly", "molly"}
heard = []


def listen():
    for name in sheep:
        heard.append(len(name))


def sell():
    sheep.discard("molly")


threads = [threading.Thread(target=listen), threading.Thread(target=sell)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
