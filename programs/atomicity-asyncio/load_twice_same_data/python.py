import asyncio

timetable = None


async def download():
    await asyncio.sleep(1)
    return {"bus": 42}


async def lookup():
    global timetable
    if not timetable:
        timetable = await download()
    return timetable


async def main():
    early, late = await asyncio.gather(lookup(), lookup())
    print(early, late)


asyncio.run(main())
