"""Two coroutines read a counter, await, then write it."""

import asyncio

counter = 0


async def add_one() -> None:
    """Add one to the counter, with an await between the two steps."""
    global counter
    seen = counter
    await asyncio.sleep(0)
    counter = seen + 1


async def main() -> None:
    """Add twice."""
    await asyncio.gather(add_one(), add_one())


asyncio.run(main())
