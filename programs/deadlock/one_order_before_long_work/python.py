import threading

orders = threading.Lock()
stock = threading.Lock()
desk = threading.Lock()
served = 0


def serve():
    global served
    for _ in range(12):
        with desk:
            served += 1


def sell():
    with orders:
        with stock:
            pass
    serve()


def restock():
    with orders:
        with stock:
            pass
    serve()


threads = [threading.Thread(target=each) for each in (sell, serve, restock, serve)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
