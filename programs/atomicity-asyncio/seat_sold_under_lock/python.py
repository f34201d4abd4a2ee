import asyncio

berths = 1
passengers = []


async def reserve(name, counter):
    global berths
    async with counter:
        if berths > 0:
            await asyncio.sleep(1)
            berths -= 1
            passengers.append(name)


async def main():
    counter = asyncio.Lock()
    await asyncio.gather(reserve("dag", counter), reserve("eva", counter))


asyncio.run(main())
