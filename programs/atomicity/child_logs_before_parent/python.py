import threading

diary = []


def apprentice():
    diary.append("apprentice is here")


helper = threading.Thread(target=apprentice)
helper.start()
diary.append("master is here")
helper.join()
