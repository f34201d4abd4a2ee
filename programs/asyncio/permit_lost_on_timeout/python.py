"""The work is cancelled while it holds a permit that only its normal end gives back."""

import asyncio


async def work(permits):
    await permits.acquire()
    await asyncio.sleep(60)
    permits.release()


async def main():
    permits = asyncio.Semaphore(1)
    try:
        await asyncio.wait_for(work(permits), 1)
    except asyncio.TimeoutError:
        pass
    await permits.acquire()


asyncio.run(main())
