# expect: proved
from multiprocessing import JoinableQueue, Process


def work(queue):
    while True:
        item = queue.get()
        print(item * 2)
        queue.task_done()


if __name__ == "__main__":
    queue = JoinableQueue()
    worker = Process(target=work, args=(queue,), daemon=True)
    worker.start()
    for number in range(2):
        queue.put(number)
    queue.join()
    try:
        queue.task_done()
    except ValueError as error:
        print(error)
