# expect: proved
from concurrent.futures import ProcessPoolExecutor


def sq(x):
    if x == 9:
        raise ValueError("nine")
    return x * x


if __name__ == "__main__":
    with ProcessPoolExecutor(max_workers=2) as ex:
        fs = [ex.submit(sq, n) for n in (1, 2)]
        print([f.result() for f in fs], list(ex.map(sq, [3, 4], chunksize=2)))
        try:
            ex.submit(sq, 9).result()
        except ValueError as e:
            print("caught", e)
