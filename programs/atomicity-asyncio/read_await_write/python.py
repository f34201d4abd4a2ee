import asyncio

laps = 0


async def swim():
    global laps
    counted = laps
    await asyncio.sleep(0)
    laps = counted + 1


async def main():
    await asyncio.gather(swim(), swim())


asyncio.run(main())
