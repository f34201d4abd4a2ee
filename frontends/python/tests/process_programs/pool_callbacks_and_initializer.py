# expect: proved
from multiprocessing import Pool

greeting = None


def begin(text):
    global greeting
    greeting = text


def greet(name):
    return f"{greeting} {name}"


if __name__ == "__main__":
    pool = Pool(1, initializer=begin, initargs=("hi",))
    heard = []
    result = pool.apply_async(greet, ("ann",), callback=heard.append)
    print(result.get(), greeting)
    pool.close()
    pool.join()
    print(heard)
