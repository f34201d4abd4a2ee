import asyncio

open_files = 0
most_open = 0


async def read_file():
    global open_files, most_open
    open_files += 1
    most_open = max(most_open, open_files)
    await asyncio.sleep(1)
    open_files -= 1


async def main():
    await asyncio.gather(read_file(), read_file())


asyncio.run(main())
