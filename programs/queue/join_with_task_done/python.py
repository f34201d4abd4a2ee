import queue
import threading

inbox = queue.Queue()
answered = []


def answer():
    answered.append(inbox.get())
    inbox.task_done()


inbox.put("complaint")
clerk = threading.Thread(target=answer)
clerk.start()
inbox.join()
clerk.join()
