import threading

bread, butter = threading.Lock(), threading.Lock()


def spread(first, second):
    with first, second:
        done.release()


done = threading.Semaphore(0)
for pair in ((bread, butter), (butter, bread)):
    threading.Thread(target=spread, args=pair, daemon=True).start()
done.acquire(timeout=1)
