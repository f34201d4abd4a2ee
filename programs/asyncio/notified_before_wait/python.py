"""A condition remembers no notification: who comes late waits for ever."""

import asyncio


async def listen(bell):
    await asyncio.sleep(1)
    async with bell:
        await bell.wait()


async def main():
    bell = asyncio.Condition()
    listener = asyncio.create_task(listen(bell))
    async with bell:
        bell.notify_all()
    await listener


asyncio.run(main())
