# expect: proved
from multiprocessing import Pipe, Process


def send(connection):
    for number in range(2):
        connection.send(number)
    connection.close()


if __name__ == "__main__":
    reader, writer = Pipe(duplex=False)
    child = Process(target=send, args=(writer,))
    child.start()
    writer.close()
    got = []
    try:
        while True:
            got.append(reader.recv())
    except EOFError:
        got.append("end")
    child.join()
    print(got)
