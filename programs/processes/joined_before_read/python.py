from multiprocessing import Process, Queue


def produce(parts):
    parts.put("x" * 100_000)


if __name__ == "__main__":
    parts = Queue()
    producer = Process(target=produce, args=(parts,))
    producer.start()
    producer.join()
    size = len(parts.get())
