# expect: proved
from multiprocessing import Process

seen = ["before"]
count = 0


def change():
    global count
    count += 1
    seen.append("child")
    print(count, seen)


if __name__ == "__main__":
    seen.append("main")
    child = Process(target=change)
    child.start()
    child.join()
    print(count, seen)
