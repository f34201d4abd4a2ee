from multiprocessing import Manager, Process


def count(hits, gate):
    with gate:
        hits["home"] = hits["home"] + 1


if __name__ == "__main__":
    with Manager() as manager:
        hits, gate = manager.dict(home=0), manager.Lock()
        workers = [Process(target=count, args=(hits, gate)) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        counted = hits["home"]
