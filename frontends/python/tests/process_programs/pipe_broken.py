# expect: proved
from multiprocessing import Pipe

if __name__ == "__main__":
    reader, writer = Pipe(duplex=False)
    reader.close()
    try:
        writer.send(1)
    except BrokenPipeError:
        print("broken")
    try:
        writer.recv()
    except OSError as error:
        print(error)
    writer.close()
    try:
        writer.send(1)
    except OSError as error:
        print(error)
