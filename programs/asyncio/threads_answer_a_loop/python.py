"""Two threads hand their answers to the loop, which puts them down one at a time."""

import asyncio
import threading

answers = set()


async def main():
    loop = asyncio.get_running_loop()
    done = loop.create_future()

    def put(answer):
        answers.add(answer)
        if len(answers) == 2:
            done.set_result(None)

    for number in range(2):
        threading.Thread(target=loop.call_soon_threadsafe, args=(put, number)).start()
    await done


asyncio.run(main())
