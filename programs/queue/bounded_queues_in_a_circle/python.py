import queue
import threading

there = queue.Queue(maxsize=1)
back = queue.Queue(maxsize=1)


def send():
    for item in range(4):
        there.put(item)
    for _ in range(4):
        back.get()


def answer():
    for _ in range(4):
        back.put(there.get())

threads = [threading.Thread(target=each) for each in (send, answer)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
