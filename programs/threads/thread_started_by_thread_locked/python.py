import threading

leaves = 0
sack = threading.Lock()


def rake():
    global leaves
    with sack:
        leaves = leaves + 1


def gardener():
    boy = threading.Thread(target=rake)
    boy.start()
    rake()
    boy.join()


outer = threading.Thread(target=gardener)
outer.start()
outer.join()
