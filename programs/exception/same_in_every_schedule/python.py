import threading


def read_scale():
    raise ValueError("the scale is broken")


scale = threading.Thread(target=read_scale)
scale.start()
scale.join()
