import queue
import threading

letters = queue.Queue()
letters.put("A")
letters.put("B")
sorted_by = {"ida": [], "jon": []}


def sort_post(clerk):
    while not letters.empty():
        try:
            sorted_by[clerk].append(letters.get_nowait())
        except queue.Empty:
            break


threads = [threading.Thread(target=sort_post, args=(each,)) for each in ("ida", "jon")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
