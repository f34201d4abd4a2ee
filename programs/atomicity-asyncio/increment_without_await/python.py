import asyncio

petals = 0


async def bloom():
    global petals
    await asyncio.sleep(1)
    petals = petals + 1


async def main():
    await asyncio.gather(bloom(), bloom())


asyncio.run(main())
