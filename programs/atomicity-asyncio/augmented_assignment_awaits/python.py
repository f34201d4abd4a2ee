import asyncio

bill = 0


async def price(minutes):
    await asyncio.sleep(minutes)
    return minutes


async def charge(minutes):
    global bill
    bill += await price(minutes)


async def main():
    await asyncio.gather(charge(2), charge(3))


asyncio.run(main())
