import threading

wheels = threading.Semaphore(2)
carts = []


def build(cart):
    with wheels:
        with wheels:
            carts.append("cart")


threads = [threading.Thread(target=build, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
