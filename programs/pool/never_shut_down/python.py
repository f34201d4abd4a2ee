from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(1)
found = pool.submit(pow, 2, 2).result()
