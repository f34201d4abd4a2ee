import queue
import threading

requests = queue.Queue()
closed = False


def listen():
    while True:
        requests.get()


listener = threading.Thread(target=listen)
listener.start()
closed = True
