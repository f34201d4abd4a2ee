"""`async with` gives the permit back when the work is cancelled."""

import asyncio


async def work(permits):
    async with permits:
        await asyncio.sleep(60)


async def main():
    permits = asyncio.Semaphore(1)
    try:
        await asyncio.wait_for(work(permits), 1)
    except asyncio.TimeoutError:
        pass
    await permits.acquire()
    print("free again")


asyncio.run(main())
