from concurrent.futures import ThreadPoolExecutor

with ThreadPoolExecutor(max_workers=1) as pool:
    call = pool.submit(len, "oak")
    length = None if call.cancel() else call.result()
