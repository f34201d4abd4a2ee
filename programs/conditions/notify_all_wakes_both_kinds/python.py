import threading

counter = threading.Condition()
ready = set()


def guest(dish):
    with counter:
        while dish not in ready:
            counter.wait()


def serve(dish):
    with counter:
        ready.add(dish)
        counter.notify_all()


threads = [threading.Thread(target=guest, args=(each,)) for each in ("tea", "cake")]
for thread in threads:
    thread.start()

serve("tea")
serve("cake")
for thread in threads:
    thread.join()
