from concurrent.futures import ThreadPoolExecutor

with ThreadPoolExecutor(max_workers=1) as pool:
    call = pool.submit(len, "oak")
    call.cancel()
    print(call.result())
