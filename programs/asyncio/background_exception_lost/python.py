"""Nobody asks the task for its exception."""

import asyncio


async def fail():
    raise ValueError("unseen")


async def main():
    task = asyncio.create_task(fail())
    await asyncio.sleep(1)
    print(task.done())


asyncio.run(main())
