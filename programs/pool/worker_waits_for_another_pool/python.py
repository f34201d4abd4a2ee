from concurrent.futures import ThreadPoolExecutor

with ThreadPoolExecutor(max_workers=1) as inner, ThreadPoolExecutor(max_workers=1) as pool:

    def outer():
        return inner.submit(len, "oak").result()

    length = pool.submit(outer).result()
print(length)
