"""An event stays set, so who comes late doesn't wait."""

import asyncio


async def listen(event):
    await asyncio.sleep(1)
    await event.wait()
    return "heard"


async def main():
    event = asyncio.Event()
    listener = asyncio.create_task(listen(event))
    event.set()
    print(await listener)


asyncio.run(main())
