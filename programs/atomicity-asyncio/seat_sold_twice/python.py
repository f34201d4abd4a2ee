import asyncio

berths = 1
passengers = []


async def charge_card():
    await asyncio.sleep(1)


async def reserve(name):
    global berths
    if berths == 0:
        return
    await charge_card()
    berths -= 1
    passengers.append(name)


async def main():
    await asyncio.gather(reserve("dag"), reserve("eva"))


asyncio.run(main())
