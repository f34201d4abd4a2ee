from concurrent.futures import ThreadPoolExecutor

with ThreadPoolExecutor(max_workers=2) as pool:
    parts = [pool.submit(len, word) for word in ("oak", "maple")]
    total = sum(part.result() for part in parts)
print(total)
