from multiprocessing import Event, Lock, Process


def hold(lock, held):
    with lock:
        held.set()
        Event().wait()


if __name__ == "__main__":
    lock, held = Lock(), Event()
    holder = Process(target=hold, args=(lock, held))
    holder.start()
    held.wait()
    holder.kill()
    holder.join()
    lock.acquire()
