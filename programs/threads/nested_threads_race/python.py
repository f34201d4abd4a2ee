import threading

leaves = 0


def rake():
    global leaves
    leaves = leaves + 1


def gardener():
    boys = [threading.Thread(target=rake), threading.Thread(target=rake)]
    for boy in boys:
        boy.start()
    for boy in boys:
        boy.join()


outer = threading.Thread(target=gardener)
outer.start()
outer.join()
