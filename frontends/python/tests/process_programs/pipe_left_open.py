# expect: failed hang
from multiprocessing import Pipe, Process


def send(connection):
    connection.send(1)
    connection.close()


if __name__ == "__main__":
    reader, writer = Pipe(duplex=False)
    child = Process(target=send, args=(writer,))
    child.start()
    try:
        while True:
            reader.recv()
    except EOFError:
        print("never")
    child.join()
