"""Three coroutines sleep equally long, and wake up as they went to sleep."""

import asyncio

order = []


async def doze(name):
    await asyncio.sleep(1)
    order.append(name)


async def main():
    await asyncio.gather(doze("a"), doze("b"), doze("c"))


asyncio.run(main())
