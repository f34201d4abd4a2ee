# expect: proved
from multiprocessing import Pipe, Process


def send(connection):
    connection.send_bytes(b"abc")


if __name__ == "__main__":
    reader, writer = Pipe(duplex=False)
    print(reader.poll())
    child = Process(target=send, args=(writer,))
    child.start()
    print(reader.poll(None), reader.recv_bytes())
    child.join()
