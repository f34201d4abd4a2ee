import asyncio

fetched = []
portraits = {}


async def fetch(name):
    fetched.append(name)
    await asyncio.sleep(1)
    return name.upper()


async def portrait(name):
    if name not in portraits:
        portraits[name] = asyncio.create_task(fetch(name))
    return await portraits[name]


async def main():
    await asyncio.gather(portrait("rex"), portrait("rex"))


asyncio.run(main())
