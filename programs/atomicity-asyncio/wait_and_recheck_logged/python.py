import asyncio

tea_bags = 0
queued = []


async def brew(name):
    global tea_bags
    while tea_bags == 0:
        queued.append(name)
        await asyncio.sleep(1)
        if tea_bags == 0:
            tea_bags += 2
    tea_bags -= 1


async def main():
    await asyncio.gather(brew("ali"), brew("bo"), brew("cy"))
    queued.sort()


asyncio.run(main())
