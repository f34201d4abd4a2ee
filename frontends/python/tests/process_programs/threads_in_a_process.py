# expect: proved
import threading
from multiprocessing import Process


def work():
    lock = threading.Lock()
    found = []

    def add(number):
        with lock:
            found.append(number)

    both = [threading.Thread(target=add, args=(number,)) for number in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    print(sorted(found), threading.current_thread() is threading.main_thread(), threading.active_count())


if __name__ == "__main__":
    child = Process(target=work)
    child.start()
    child.join()
    print(threading.active_count())
