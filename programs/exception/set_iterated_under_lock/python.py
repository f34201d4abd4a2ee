import threading

sheep = {"dolly", "molly"}
heard = []
fence = threading.Lock()


def listen():
    with fence:
        for name in sheep:
            heard.append(len(name))


def sell():
    with fence:
        sheep.discard("molly")


threads = [threading.Thread(target=listen), threading.Thread(target=sell)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
