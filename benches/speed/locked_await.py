"""Two coroutines read a counter, await, and write it under a lock."""

import asyncio

counter = 0


async def add_one(lock: asyncio.Lock) -> None:
    """Add one to the counter while the other waits."""
    global counter
    async with lock:
        seen = counter
        await asyncio.sleep(0)
        counter = seen + 1


async def main() -> None:
    """Add twice."""
    lock = asyncio.Lock()
    await asyncio.gather(add_one(lock), add_one(lock))


asyncio.run(main())
