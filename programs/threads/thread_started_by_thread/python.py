import threading

leaves = 0


def rake():
    global leaves
    leaves = leaves + 1


def gardener():
    boy = threading.Thread(target=rake)
    boy.start()
    rake()
    boy.join()


outer = threading.Thread(target=gardener)
outer.start()
outer.join()
