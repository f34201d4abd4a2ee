import threading

gate = threading.Barrier(2)
waiting = threading.Thread(target=gate.wait)
waiting.start()
gate.abort()
waiting.join()
