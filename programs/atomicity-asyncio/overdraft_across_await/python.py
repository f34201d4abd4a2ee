import asyncio

water = 10


async def pour(litres):
    global water
    if water >= litres:
        await asyncio.sleep(1)
        water -= litres


async def main():
    await asyncio.gather(pour(7), pour(7))


asyncio.run(main())
