# expect: proved
from multiprocessing import Pipe, Process


def answer(connection):
    question = connection.recv()
    connection.send(question + 1)
    connection.close()


if __name__ == "__main__":
    here, there = Pipe()
    child = Process(target=answer, args=(there,))
    child.start()
    here.send(41)
    print(here.recv(), here.closed, here.readable, here.writable)
    child.join()
