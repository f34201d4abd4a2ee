"""Four coroutines sleep equally long: what the heap of timers makes of equal deadlines."""

import asyncio

order: list[int] = []


async def doze(number: int) -> None:
    """Sleep, then say who woke up."""
    await asyncio.sleep(1)
    order.append(number)


async def main() -> None:
    """Let all of them sleep."""
    await asyncio.gather(*(doze(number) for number in range(4)))


asyncio.run(main())
