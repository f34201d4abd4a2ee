import threading

squares = {}
work = []


def compute(side):
    work.append(side)
    return side * side


def area(side):
    try:
        return squares[side]
    except KeyError:
        squares[side] = compute(side)
        return squares[side]


def paint(wall):
    area(4)


threads = [threading.Thread(target=paint, args=(each,)) for each in ("east", "west")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
