# expect: proved
from multiprocessing import Manager, Process


def work(queue, event):
    event.wait()
    queue.put("done")


if __name__ == "__main__":
    with Manager() as manager:
        queue, event = manager.Queue(), manager.Event()
        child = Process(target=work, args=(queue, event))
        child.start()
        event.set()
        print(queue.get(), queue.empty())
        child.join()
