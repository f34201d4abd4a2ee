import threading
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor(max_workers=1)
late = threading.Thread(target=lambda: pool.submit(len, "oak"))
late.start()
pool.shutdown()
late.join()
