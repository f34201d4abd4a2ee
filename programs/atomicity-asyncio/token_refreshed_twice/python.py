import asyncio


class Session:
    def __init__(self):
        self.pass_code = None
        self.renewals = 0

    async def renew(self):
        self.renewals += 1
        await asyncio.sleep(1)
        self.pass_code = f"code-{self.renewals}"

    async def request(self):
        if self.pass_code is None:
            await self.renew()
        return self.pass_code


session = Session()


async def main():
    print(await asyncio.gather(session.request(), session.request()))


asyncio.run(main())
