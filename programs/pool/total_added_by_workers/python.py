from concurrent.futures import ThreadPoolExecutor

total = 0


def add(length):
    global total
    total += length


with ThreadPoolExecutor(max_workers=2) as pool:
    for length in (3, 5):
        pool.submit(add, length)
print(total)
