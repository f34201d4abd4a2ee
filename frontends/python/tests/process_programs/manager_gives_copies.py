# expect: proved
from multiprocessing import Manager

if __name__ == "__main__":
    with Manager() as manager:
        rows = manager.list([[1], [2]])
        rows[0].append("lost")
        row = rows[1]
        row.append("kept")
        rows[1] = row
        space = manager.Namespace(names=[])
        space.names.append("lost")
        space.count = 3
        print(rows[:], space.names, space.count, str(rows))
