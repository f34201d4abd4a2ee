"""One sentinel ends one consumer; the other waits for ever."""

import asyncio


async def consume(queue):
    while await queue.get() is not None:
        pass


async def main():
    queue = asyncio.Queue()
    consumers = [asyncio.create_task(consume(queue)) for _ in range(2)]
    queue.put_nowait(1)
    queue.put_nowait(None)
    await asyncio.gather(*consumers)


asyncio.run(main())
