from concurrent.futures import ThreadPoolExecutor

done = 0


def count(future):
    global done
    done += 1


with ThreadPoolExecutor(max_workers=2) as pool:
    for word in ("oak", "maple"):
        pool.submit(len, word).add_done_callback(count)
print(done)
