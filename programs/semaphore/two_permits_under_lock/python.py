import threading

wheels = threading.Semaphore(2)
workbench = threading.Lock()
carts = []


def build(cart):
    with workbench:
        wheels.acquire()
        wheels.acquire()
    carts.append("cart")
    wheels.release()
    wheels.release()


threads = [threading.Thread(target=build, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
