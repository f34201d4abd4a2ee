"""Opposite orders hurt nobody when no await is between: a free lock is taken at once."""

import asyncio


async def move(first, second):
    async with first:
        async with second:
            pass


async def main():
    left, right = asyncio.Lock(), asyncio.Lock()
    await asyncio.gather(move(left, right), move(right, left))


asyncio.run(main())
