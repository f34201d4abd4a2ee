import asyncio

tea_bags = 1
cups = []


async def brew(name):
    global tea_bags
    while tea_bags == 0:
        await asyncio.sleep(1)
        if tea_bags < 1:
            tea_bags += 2
    tea_bags -= 1
    cups.append(name)


async def main():
    await asyncio.gather(brew("ali"), brew("bo"), brew("cy"))


asyncio.run(main())
