"""Code between the two sleeps can take so long that the slower one, begun first, ends first."""

import asyncio

order = []


async def doze(name, seconds):
    await asyncio.sleep(seconds)
    order.append(name)


async def main():
    slow = asyncio.create_task(doze("slow", 2))
    quick = asyncio.create_task(doze("quick", 1))
    await slow
    await quick


asyncio.run(main())
