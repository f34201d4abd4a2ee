import asyncio

in_flight = {}
sent = []


async def send(city):
    sent.append(city)
    await asyncio.sleep(1)
    return city + ": sunny"


async def forecast(city):
    if city in in_flight:
        return await in_flight[city]
    in_flight[city] = asyncio.create_task(send(city))
    answer = await in_flight[city]
    return answer


async def main():
    print(await asyncio.gather(forecast("Nice"), forecast("Nice")))


asyncio.run(main())
