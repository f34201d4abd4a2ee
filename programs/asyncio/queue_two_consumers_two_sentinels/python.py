"""Each consumer gets a sentinel."""

import asyncio


async def consume(queue):
    while await queue.get() is not None:
        pass


async def main():
    queue = asyncio.Queue()
    consumers = [asyncio.create_task(consume(queue)) for _ in range(2)]
    for item in (1, None, None):
        queue.put_nowait(item)
    await asyncio.gather(*consumers)


asyncio.run(main())
