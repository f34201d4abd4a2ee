import threading

unpacked = threading.Event()
boxes = 2


def unpack(box):
    global boxes
    boxes = boxes - 1
    if boxes == 0:
        unpacked.set()


threads = [threading.Thread(target=unpack, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()

unpacked.wait()
for thread in threads:
    thread.join()
