from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

with ThreadPoolExecutor(max_workers=2) as pool:
    calls = [pool.submit(len, word) for word in ("oak", "maple")]
    finished, _ = wait(calls, return_when=FIRST_COMPLETED)
    lengths = sorted(call.result() for call in finished)
