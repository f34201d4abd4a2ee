import threading

signal = threading.Lock()
signal.acquire()
thread = threading.Thread(target=signal.release)
thread.start()
signal.acquire()
thread.join()
