from multiprocessing import Lock, Process


def move(source, target):
    with source:
        with target:
            pass


if __name__ == "__main__":
    left, right = Lock(), Lock()
    first = Process(target=move, args=(left, right))
    second = Process(target=move, args=(left, right))
    first.start()
    second.start()
    first.join()
    second.join()
