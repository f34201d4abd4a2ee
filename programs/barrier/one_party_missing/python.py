import threading

gate = threading.Barrier(3)
threads = [threading.Thread(target=gate.wait) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
