import threading

postcard = None


def write():
    global postcard
    postcard = "greetings"


threading.Thread(target=write).start()
