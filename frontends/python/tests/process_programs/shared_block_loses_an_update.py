# expect: failed atomicity-violation
from multiprocessing import Process, shared_memory


def count(name):
    block = shared_memory.SharedMemory(name=name)
    block.buf[0] += 1
    block.close()


if __name__ == "__main__":
    block = shared_memory.SharedMemory(create=True, size=1)
    both = [Process(target=count, args=(block.name,)) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    print(block.buf[0])
    block.close()
    block.unlink()
