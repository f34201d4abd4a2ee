"""Two threads read a counter, then write it: the smallest race there is."""

import threading

counter = 0


def add_one() -> None:
    """Add one to the counter, in two steps."""
    global counter
    seen = counter
    counter = seen + 1


threads = [threading.Thread(target=add_one) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
