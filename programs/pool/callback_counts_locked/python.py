import threading
from concurrent.futures import ThreadPoolExecutor

done = 0
lock = threading.Lock()


def count(future):
    global done
    with lock:
        done += 1


with ThreadPoolExecutor(max_workers=2) as pool:
    for word in ("oak", "maple"):
        pool.submit(len, word).add_done_callback(count)
print(done)
