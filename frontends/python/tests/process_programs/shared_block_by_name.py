# expect: proved
from multiprocessing import Process, shared_memory


def write(block):
    block.buf[:5] = b"hello"


if __name__ == "__main__":
    block = shared_memory.SharedMemory(create=True, size=8)
    child = Process(target=write, args=(block,))
    child.start()
    child.join()
    print(bytes(block.buf[:8]), block.size)
    block.close()
    block.unlink()
    try:
        shared_memory.SharedMemory(name=block.name)
    except FileNotFoundError as error:
        print(type(error).__name__)
