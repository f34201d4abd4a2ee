from concurrent.futures import ThreadPoolExecutor

with ThreadPoolExecutor(max_workers=2) as pool:
    lengths = list(pool.map(len, ["oak", "maple"]))
print(lengths)
