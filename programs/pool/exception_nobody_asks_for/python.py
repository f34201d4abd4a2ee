from concurrent.futures import ThreadPoolExecutor

reached = False


def fail():
    raise ValueError("no")


with ThreadPoolExecutor(max_workers=1) as pool:
    pool.submit(fail)
reached = True
