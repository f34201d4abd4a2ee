from multiprocessing import Process

seen = 0


def count(number):
    global seen
    seen += number


if __name__ == "__main__":
    number = 1
    workers = [Process(target=count, args=(number,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    counted = seen
