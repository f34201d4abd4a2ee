import threading

light = "off"


def signal(colour):
    global light
    light = "turning " + colour
    light = colour


threads = [threading.Thread(target=signal, args=(each,)) for each in ("red", "green")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
