"""Two coroutines take two locks in opposite orders, with an await between."""

import asyncio


async def move(first, second):
    async with first:
        await asyncio.sleep(0)
        async with second:
            pass


async def main():
    left, right = asyncio.Lock(), asyncio.Lock()
    await asyncio.gather(move(left, right), move(right, left))


asyncio.run(main())
