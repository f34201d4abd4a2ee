"""Main awaits the task and handles its exception."""

import asyncio


async def fail():
    raise ValueError("seen")


async def main():
    task = asyncio.create_task(fail())
    await asyncio.sleep(1)
    try:
        await task
    except ValueError as error:
        print(error)


asyncio.run(main())
