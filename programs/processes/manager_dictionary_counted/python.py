from multiprocessing import Manager, Process


def count(hits):
    hits["home"] = hits["home"] + 1


if __name__ == "__main__":
    with Manager() as manager:
        hits = manager.dict(home=0)
        workers = [Process(target=count, args=(hits,)) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        counted = hits["home"]
