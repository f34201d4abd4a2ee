import asyncio

wishes = []


async def wish(thing):
    global wishes
    before = wishes
    await asyncio.sleep(1)
    wishes = before + [thing]


async def main():
    await asyncio.gather(wish("kite"), wish("drum"))


asyncio.run(main())
