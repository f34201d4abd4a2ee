import asyncio

saved = []


async def download(name, lines):
    async with lines:
        await asyncio.sleep(1)
        saved.append(name)


async def main():
    lines = asyncio.Semaphore(1)
    await asyncio.gather(download("map", lines), download("key", lines))
    saved.sort()


asyncio.run(main())
