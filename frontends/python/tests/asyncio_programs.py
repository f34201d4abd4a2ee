"""Small asyncio programs for comparing with plain CPython: each prints what it did.

`SINGLE` programs have one result under every schedule; those of `SEVERAL` may have more than one.
Names with `_311` and so on need that version.
"""

from __future__ import annotations

import sys

SINGLE = {
    "run_returns": """
        async def main():
            return 7
        print(asyncio.run(main()))
    """,
    "run_raises": """
        async def main():
            raise ValueError("no")
        try:
            asyncio.run(main())
        except ValueError as error:
            print("raised", error)
    """,
    "tasks_in_turn": """
        async def work(name):
            for n in range(3):
                print(name, n)
                await asyncio.sleep(0)
        async def main():
            tasks = [asyncio.create_task(work(name)) for name in "abc"]
            for task in tasks:
                await task
            print([task.done() for task in tasks])
        asyncio.run(main())
    """,
    "task_names": """
        async def work():
            return asyncio.current_task().get_name()
        async def main():
            first = asyncio.create_task(work())
            second = asyncio.create_task(work(), name="second")
            print(asyncio.current_task().get_name(), await first, await second)
            third = asyncio.create_task(work())
            third.set_name("renamed")
            print(await third, len(asyncio.all_tasks()))
        asyncio.run(main())
    """,
    "gather_in_order": """
        async def work(n):
            await asyncio.sleep(0.03 - n / 100)
            return n
        async def main():
            print(await asyncio.gather(work(0), work(1), work(2)))
        asyncio.run(main())
    """,
    "gather_collects_exceptions": """
        async def work(n):
            if n == 1:
                raise KeyError(n)
            return n
        async def main():
            print(await asyncio.gather(work(0), work(1), work(2), return_exceptions=True))
            try:
                await asyncio.gather(work(0), work(1))
            except KeyError as error:
                print("first", error)
        asyncio.run(main())
    """,
    "gather_cancelled": """
        async def work(n):
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError:
                print("cancelled", n)
                raise
        async def main():
            group = asyncio.gather(work(0), work(1))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            print(group.cancel())
            try:
                await group
            except asyncio.CancelledError:
                print("group cancelled")
        asyncio.run(main())
    """,
    "gather_of_nothing": """
        async def main():
            print(await asyncio.gather())
        asyncio.run(main())
    """,
    "wait_for_in_time": """
        async def work():
            await asyncio.sleep(0)
            return "done"
        async def main():
            print(await asyncio.wait_for(work(), 10))
            print(await asyncio.wait_for(work(), None))
        asyncio.run(main())
    """,
    "wait_for_too_late": """
        async def work():
            try:
                await asyncio.sleep(30)
            finally:
                print("cleaned up")
        async def main():
            try:
                await asyncio.wait_for(work(), 0.01)
            except asyncio.TimeoutError:
                print("too late")
        asyncio.run(main())
    """,
    "wait_for_zero": """
        async def work():
            return 1
        async def main():
            try:
                print(await asyncio.wait_for(work(), 0))
            except asyncio.TimeoutError:
                print("timeout")
            done = asyncio.get_running_loop().create_future()
            done.set_result("ready")
            print(await asyncio.wait_for(done, 0))
        asyncio.run(main())
    """,
    "timeout_311": """
        async def main():
            try:
                async with asyncio.timeout(0.01) as scope:
                    await asyncio.sleep(30)
            except TimeoutError:
                print("expired", scope.expired())
            async with asyncio.timeout(None) as scope:
                await asyncio.sleep(0)
            print(scope.expired(), scope.when())
        asyncio.run(main())
    """,
    "timeout_nested_311": """
        async def main():
            try:
                async with asyncio.timeout(30):
                    try:
                        async with asyncio.timeout(0.01):
                            await asyncio.sleep(60)
                    except TimeoutError:
                        print("inner")
                        raise
            except TimeoutError:
                print("outer sees it")
        asyncio.run(main())
    """,
    "timeout_rescheduled_311": """
        async def main():
            async with asyncio.timeout(None) as scope:
                scope.reschedule(None)
                await asyncio.sleep(0)
            try:
                async with asyncio.timeout(-1):
                    await asyncio.sleep(5)
            except TimeoutError:
                print("at once")
        asyncio.run(main())
    """,
    "task_group_311": """
        async def work(n):
            await asyncio.sleep(0)
            return n * n
        async def main():
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(work(n)) for n in range(3)]
            print([task.result() for task in tasks])
        asyncio.run(main())
    """,
    "task_group_fails_311": """
        async def bad():
            raise ValueError("bad")
        async def slow():
            try:
                await asyncio.sleep(30)
            except asyncio.CancelledError:
                print("slow is cancelled")
                raise
        async def main():
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(slow())
                    group.create_task(bad())
            except ExceptionGroup as errors:
                print([repr(error) for error in errors.exceptions])
        asyncio.run(main())
    """,
    "task_group_body_raises_311": """
        async def slow():
            try:
                await asyncio.sleep(30)
            finally:
                print("ended")
        async def main():
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(slow())
                    await asyncio.sleep(0)
                    raise KeyError("body")
            except BaseExceptionGroup as errors:
                print([repr(error) for error in errors.exceptions])
        asyncio.run(main())
    """,
    "shield": """
        async def work():
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            print("work ends")
            return 5
        async def main():
            inner = asyncio.ensure_future(work())
            outer = asyncio.shield(inner)
            await asyncio.sleep(0)
            outer.cancel()
            try:
                await outer
            except asyncio.CancelledError:
                print("outer cancelled")
            print(await inner)
        asyncio.run(main())
    """,
    "cancel_before_start": """
        async def work():
            print("never")
        async def main():
            task = asyncio.create_task(work())
            task.cancel()
            try:
                await task
            except asyncio.CancelledError:
                print("cancelled", task.cancelled())
        asyncio.run(main())
    """,
    "cancel_suppressed": """
        async def work():
            try:
                await asyncio.sleep(30)
            except asyncio.CancelledError:
                print("not now")
            await asyncio.sleep(0)
            return "survived"
        async def main():
            task = asyncio.create_task(work())
            await asyncio.sleep(0)
            task.cancel()
            print(await task, task.cancelled())
        asyncio.run(main())
    """,
    "cancel_message": """
        async def main():
            task = asyncio.create_task(asyncio.sleep(30))
            await asyncio.sleep(0)
            task.cancel("why not")
            try:
                await task
            except asyncio.CancelledError as error:
                print(isinstance(error, BaseException), isinstance(error, Exception))
        asyncio.run(main())
    """,
    "uncancel_311": """
        async def work():
            try:
                await asyncio.sleep(30)
            except asyncio.CancelledError:
                me = asyncio.current_task()
                print(me.cancelling(), me.uncancel())
        async def main():
            task = asyncio.create_task(work())
            await asyncio.sleep(0)
            task.cancel()
            await task
        asyncio.run(main())
    """,
    "cancel_at_every_await": """
        async def steps():
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            return "through"
        async def main():
            for rounds in range(6):
                task = asyncio.create_task(steps())
                for _ in range(rounds):
                    await asyncio.sleep(0)
                task.cancel()
                try:
                    print(rounds, await task)
                except asyncio.CancelledError:
                    print(rounds, "cancelled")
        asyncio.run(main())
    """,
    "lock_is_fair": """
        async def work(lock, name):
            async with lock:
                print(name, "in")
                await asyncio.sleep(0)
                print(name, "out")
        async def main():
            lock = asyncio.Lock()
            await asyncio.gather(*(work(lock, name) for name in "abc"))
            print(lock.locked())
        asyncio.run(main())
    """,
    "lock_cancelled_waiter": """
        async def hold(lock):
            async with lock:
                for _ in range(3):
                    await asyncio.sleep(0)
        async def take(lock, name):
            async with lock:
                print(name)
        async def main():
            lock = asyncio.Lock()
            holder = asyncio.create_task(hold(lock))
            await asyncio.sleep(0)
            first = asyncio.create_task(take(lock, "first"))
            second = asyncio.create_task(take(lock, "second"))
            await asyncio.sleep(0)
            first.cancel()
            await asyncio.gather(holder, second, first, return_exceptions=True)
            print(first.cancelled())
        asyncio.run(main())
    """,
    "lock_misused": """
        async def main():
            try:
                asyncio.Lock().release()
            except RuntimeError as error:
                print(error)
        asyncio.run(main())
    """,
    "event": """
        async def wait(event, name):
            await event.wait()
            print(name, event.is_set())
        async def main():
            event = asyncio.Event()
            tasks = [asyncio.create_task(wait(event, name)) for name in "ab"]
            await asyncio.sleep(0)
            event.set()
            for task in tasks:
                await task
            event.clear()
            print(event.is_set())
        asyncio.run(main())
    """,
    "condition": """
        async def take(condition, items, name):
            async with condition:
                while not items:
                    await condition.wait()
                print(name, items.pop(0))
        async def main():
            condition, items = asyncio.Condition(), []
            takers = [asyncio.create_task(take(condition, items, name)) for name in "ab"]
            await asyncio.sleep(0)
            async with condition:
                items.append(1)
                condition.notify()
            await asyncio.sleep(0)
            async with condition:
                items.append(2)
                condition.notify_all()
            await asyncio.gather(*takers)
        asyncio.run(main())
    """,
    "condition_wait_for": """
        async def main():
            condition, state = asyncio.Condition(), []
            async def wait():
                async with condition:
                    await condition.wait_for(lambda: len(state) == 2)
                    print("two", state)
            task = asyncio.create_task(wait())
            for n in range(2):
                await asyncio.sleep(0)
                async with condition:
                    state.append(n)
                    condition.notify_all()
            await task
        asyncio.run(main())
    """,
    "condition_misused": """
        async def main():
            condition = asyncio.Condition()
            for action in (condition.notify, condition.notify_all):
                try:
                    action()
                except RuntimeError as error:
                    print(error)
            try:
                await condition.wait()
            except RuntimeError as error:
                print(error)
        asyncio.run(main())
    """,
    "semaphore": """
        async def work(semaphore, name):
            async with semaphore:
                print(name, "in", semaphore.locked())
                await asyncio.sleep(0)
            print(name, "out")
        async def main():
            semaphore = asyncio.Semaphore(2)
            await asyncio.gather(*(work(semaphore, name) for name in "abcd"))
        asyncio.run(main())
    """,
    "bounded_semaphore": """
        async def main():
            semaphore = asyncio.BoundedSemaphore(1)
            async with semaphore:
                print("in")
            try:
                semaphore.release()
            except ValueError as error:
                print(error)
        asyncio.run(main())
    """,
    "barrier_311": """
        async def work(barrier, name):
            print(name, "before")
            place = await barrier.wait()
            print(name, "after", place, barrier.n_waiting)
        async def main():
            barrier = asyncio.Barrier(3)
            await asyncio.gather(*(work(barrier, name) for name in "abc"))
            print(barrier.parties, barrier.broken)
        asyncio.run(main())
    """,
    "barrier_aborted_311": """
        async def work(barrier):
            try:
                await barrier.wait()
            except asyncio.BrokenBarrierError:
                print("broken")
        async def main():
            barrier = asyncio.Barrier(3)
            tasks = [asyncio.create_task(work(barrier)) for _ in range(2)]
            await asyncio.sleep(0)
            await barrier.abort()
            await asyncio.gather(*tasks)
            await barrier.reset()
            print(barrier.broken)
        asyncio.run(main())
    """,
    "queue": """
        async def produce(queue):
            for n in range(4):
                await queue.put(n)
                print("put", n, queue.qsize())
            await queue.put(None)
        async def consume(queue):
            while (item := await queue.get()) is not None:
                print("got", item)
        async def main():
            queue = asyncio.Queue(2)
            await asyncio.gather(produce(queue), consume(queue))
            print(queue.empty(), queue.full(), queue.maxsize)
        asyncio.run(main())
    """,
    "queue_kinds": """
        async def main():
            for kind in (asyncio.Queue, asyncio.LifoQueue, asyncio.PriorityQueue):
                queue = kind()
                for n in (2, 3, 1):
                    queue.put_nowait(n)
                print(kind.__name__, [await queue.get() for _ in range(3)])
        asyncio.run(main())
    """,
    "queue_limits": """
        async def main():
            queue = asyncio.Queue(1)
            try:
                queue.get_nowait()
            except asyncio.QueueEmpty:
                print("empty")
            queue.put_nowait(1)
            try:
                queue.put_nowait(2)
            except asyncio.QueueFull:
                print("full")
        asyncio.run(main())
    """,
    "queue_join": """
        async def work(queue):
            while True:
                item = await queue.get()
                await asyncio.sleep(0)
                print("did", item)
                queue.task_done()
        async def main():
            queue = asyncio.Queue()
            for n in range(3):
                queue.put_nowait(n)
            worker = asyncio.create_task(work(queue))
            await queue.join()
            worker.cancel()
            await asyncio.gather(worker, return_exceptions=True)
            try:
                queue.task_done()
            except ValueError as error:
                print(error)
        asyncio.run(main())
    """,
    "queue_shutdown_313": """
        async def main():
            queue = asyncio.Queue()
            await queue.put(1)
            queue.shutdown()
            print(await queue.get())
            try:
                await queue.get()
            except asyncio.QueueShutDown:
                print("shut down")
        asyncio.run(main())
    """,
    "wait_all": """
        async def work(n):
            await asyncio.sleep(0)
            return n
        async def main():
            tasks = [asyncio.create_task(work(n)) for n in range(3)]
            done, pending = await asyncio.wait(tasks)
            print(sorted(task.result() for task in done), len(pending))
        asyncio.run(main())
    """,
    "wait_first_completed": """
        async def quick():
            return "quick"
        async def main():
            tasks = {asyncio.create_task(quick()), asyncio.create_task(asyncio.sleep(30))}
            done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            print([task.result() for task in done], len(pending))
            for task in pending:
                task.cancel()
        asyncio.run(main())
    """,
    "wait_first_exception": """
        async def bad():
            raise OSError("bad")
        async def main():
            tasks = [asyncio.create_task(asyncio.sleep(30)), asyncio.create_task(bad())]
            done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            print([repr(task.exception()) for task in done], len(pending))
        asyncio.run(main())
    """,
    "wait_times_out": """
        async def main():
            task = asyncio.create_task(asyncio.sleep(30))
            done, pending = await asyncio.wait([task], timeout=0.01)
            print(len(done), len(pending))
        asyncio.run(main())
    """,
    "as_completed": """
        async def work(n, rounds):
            for _ in range(rounds):
                await asyncio.sleep(0)
            return n
        async def main():
            for each in asyncio.as_completed([work(1, 5), work(2, 1)]):
                print(await each)
        asyncio.run(main())
    """,
    "as_completed_times_out": """
        async def main():
            try:
                for each in asyncio.as_completed([asyncio.sleep(30)], timeout=0.01):
                    await each
            except asyncio.TimeoutError:
                print("timeout")
        asyncio.run(main())
    """,
    "future": """
        async def main():
            loop = asyncio.get_running_loop()
            future = loop.create_future()
            future.add_done_callback(lambda done: print("callback", done.result()))
            loop.call_soon(future.set_result, 3)
            print(await future, future.done())
            try:
                future.set_result(4)
            except asyncio.InvalidStateError:
                print("already set")
        asyncio.run(main())
    """,
    "future_exception": """
        async def main():
            future = asyncio.get_running_loop().create_future()
            future.set_exception(ValueError("mine"))
            try:
                await future
            except ValueError as error:
                print(error, future.exception())
        asyncio.run(main())
    """,
    "future_callbacks": """
        async def main():
            future = asyncio.get_running_loop().create_future()
            def first(done): print("first")
            future.add_done_callback(first)
            future.add_done_callback(lambda done: print("second"))
            print(future.remove_done_callback(first))
            future.cancel()
            await asyncio.sleep(0)
            print(future.cancelled())
        asyncio.run(main())
    """,
    "call_soon_in_order": """
        async def main():
            loop = asyncio.get_running_loop()
            for n in range(3):
                loop.call_soon(print, "soon", n)
            handle = loop.call_soon(print, "never")
            handle.cancel()
            print("main", handle.cancelled())
            await asyncio.sleep(0)
            print("after")
        asyncio.run(main())
    """,
    "stop_and_run_again": """
        loop = asyncio.new_event_loop()
        loop.call_soon(print, "one")
        loop.call_soon(loop.stop)
        loop.call_soon(print, "two")
        loop.run_forever()
        async def main():
            print("three")
        loop.run_until_complete(main())
        loop.close()
        print(loop.is_closed())
    """,
    "chain_of_callbacks": """
        async def main():
            loop = asyncio.get_running_loop()
            done = loop.create_future()
            def tick(n):
                print("tick", n)
                if n:
                    loop.call_soon(tick, n - 1)
                else:
                    done.set_result("over")
            tick(3)
            print(await done)
        asyncio.run(main())
    """,
    "async_generator": """
        async def numbers(limit):
            try:
                for n in range(limit):
                    yield n
                    await asyncio.sleep(0)
            finally:
                print("closed")
        async def main():
            print([n async for n in numbers(3)])
            async for n in numbers(9):
                if n == 1:
                    break
            print("left")
            await asyncio.sleep(0)
        asyncio.run(main())
    """,
    "async_generator_shut_down": """
        async def numbers():
            try:
                yield 1
                yield 2
            finally:
                await asyncio.sleep(0)
                print("closed")
        kept = []
        async def main():
            generator = numbers()
            kept.append(generator)
            print(await generator.__anext__())
        asyncio.run(main())
        print("ended")
    """,
    "async_generator_methods": """
        async def echo():
            got = None
            while True:
                try:
                    got = yield got
                except KeyError:
                    got = "key"
        async def main():
            generator = echo()
            print(await generator.asend(None), await generator.asend(1))
            print(await generator.athrow(KeyError))
            await generator.aclose()
        asyncio.run(main())
    """,
    "async_context_managers": """
        import contextlib
        @contextlib.asynccontextmanager
        async def opened(name):
            print("open", name)
            try:
                yield name
            finally:
                await asyncio.sleep(0)
                print("close", name)
        async def main():
            async with opened("a") as a, opened("b") as b:
                print(a, b)
            async with contextlib.AsyncExitStack() as stack:
                await stack.enter_async_context(opened("c"))
                stack.push_async_callback(asyncio.sleep, 0)
        asyncio.run(main())
    """,
    "awaitable_class": """
        class Twice:
            def __await__(self):
                yield from asyncio.sleep(0).__await__()
                yield from asyncio.sleep(0).__await__()
                return 2
        async def main():
            print(await Twice())
            print(await asyncio.gather(Twice(), Twice()))
        asyncio.run(main())
    """,
    "context_variables": """
        import contextvars
        name = contextvars.ContextVar("name", default="none")
        async def work(value):
            before = name.get()
            name.set(value)
            await asyncio.sleep(0)
            return before, name.get()
        async def main():
            name.set("main")
            print(await asyncio.gather(work("a"), work("b")), name.get())
            asyncio.get_running_loop().call_soon(lambda: print("callback", name.get()))
            await asyncio.sleep(0)
        asyncio.run(main())
        print(name.get())
    """,
    "context_given_311": """
        import contextvars
        name = contextvars.ContextVar("name", default="none")
        async def work():
            name.set("set by task")
        async def main():
            context = contextvars.copy_context()
            await asyncio.create_task(work(), context=context)
            print(name.get(), context[name])
        asyncio.run(main())
    """,
    "runner_311": """
        async def main(n):
            return n, asyncio.get_running_loop() is loops[0]
        loops = []
        with asyncio.Runner() as runner:
            loops.append(runner.get_loop())
            print(runner.run(main(1)), runner.run(main(2)))
        try:
            runner.get_loop()
        except RuntimeError as error:
            print(error)
    """,
    "runner_cancels_the_rest": """
        async def left():
            try:
                await asyncio.sleep(30)
            except asyncio.CancelledError:
                print("cancelled at the end")
                raise
        async def main():
            asyncio.create_task(left())
            await asyncio.sleep(0)
            print("main ends")
        asyncio.run(main())
    """,
    "exception_handler": """
        def handle(loop, context):
            print(context["message"].split(" in ")[0], repr(context["exception"]))
        def bad():
            raise ValueError("bad")
        async def main():
            loop = asyncio.get_running_loop()
            loop.set_exception_handler(handle)
            loop.call_soon(bad)
            await asyncio.sleep(0)
            print(loop.get_exception_handler() is handle)
        asyncio.run(main())
    """,
    "exception_never_retrieved": """
        async def bad():
            raise ValueError("lost")
        async def main():
            def handle(loop, context):
                print(context["message"], repr(context["exception"]))
            asyncio.get_running_loop().set_exception_handler(handle)
            task = asyncio.create_task(bad())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            del task
            await asyncio.sleep(0)
            print("main ends")
        asyncio.run(main())
    """,
    "eager_tasks_312": """
        async def work(n):
            print("begins", n)
            if n:
                await asyncio.sleep(0)
            print("ends", n, asyncio.current_task().get_name())
            return n
        async def main():
            asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
            tasks = [asyncio.create_task(work(n), name=f"t{n}") for n in range(3)]
            print([task.done() for task in tasks])
            print(await asyncio.gather(*tasks), asyncio.current_task() is not None)
        asyncio.run(main())
    """,
    "task_factory": """
        made = []
        def factory(loop, coro, **keywords):
            task = asyncio.Task(coro, loop=loop, **keywords)
            made.append(task)
            return task
        async def work():
            return 1
        async def main():
            asyncio.get_running_loop().set_task_factory(factory)
            print(await asyncio.create_task(work()), len(made))
        asyncio.run(main())
    """,
    "to_thread": """
        def work(n):
            return n + 1
        async def main():
            print(await asyncio.to_thread(work, 1))
        asyncio.run(main())
    """,
    "run_in_executor": """
        import concurrent.futures
        def work(n):
            return n * 2
        async def main():
            loop = asyncio.get_running_loop()
            print(await loop.run_in_executor(None, work, 4))
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                print(await loop.run_in_executor(pool, work, 5))
        asyncio.run(main())
    """,
    "executor_raises": """
        def work():
            raise LookupError("in the thread")
        async def main():
            try:
                await asyncio.get_running_loop().run_in_executor(None, work)
            except LookupError as error:
                print(error)
        asyncio.run(main())
    """,
    "call_soon_threadsafe": """
        import threading
        async def main():
            loop = asyncio.get_running_loop()
            future = loop.create_future()
            threading.Thread(target=lambda: loop.call_soon_threadsafe(future.set_result, "set")).start()
            print(await future)
        asyncio.run(main())
    """,
    "run_coroutine_threadsafe": """
        import threading
        async def double(n):
            await asyncio.sleep(0)
            return n * 2
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        print(asyncio.run_coroutine_threadsafe(double(4), loop).result())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
    """,
    "sleep_gives_its_result": """
        async def main():
            print(await asyncio.sleep(0, "zero"), await asyncio.sleep(0.001, "some"), await asyncio.sleep(-1, "less"))
        asyncio.run(main())
    """,
    "equal_sleeps": """
        async def work(n):
            await asyncio.sleep(0.01)
            print(n)
        async def main():
            await asyncio.gather(work(1), work(2), work(3))
        asyncio.run(main())
    """,
    "inspection": """
        async def work():
            await asyncio.sleep(0)
        async def main():
            coroutine = work()
            print(asyncio.iscoroutine(coroutine), asyncio.iscoroutinefunction(work), asyncio.isfuture(coroutine))
            task = asyncio.ensure_future(coroutine)
            print(asyncio.isfuture(task), task.get_coro() is coroutine, task in asyncio.all_tasks())
            await task
            loop = asyncio.get_running_loop()
            print(loop.is_running(), loop.is_closed(), loop.get_debug(), asyncio.get_event_loop() is loop)
        asyncio.run(main())
    """,
    "nested_run_fails": """
        async def inner():
            pass
        async def main():
            coroutine = inner()
            try:
                asyncio.run(coroutine)
            except RuntimeError as error:
                print(error)
            coroutine.close()
        asyncio.run(main())
        try:
            asyncio.get_running_loop()
        except RuntimeError as error:
            print(error)
    """,
    "await_itself": """
        async def main():
            task = None
            async def work():
                await task
            task = asyncio.create_task(work())
            try:
                await task
            except RuntimeError as error:
                print(type(error).__name__)
        asyncio.run(main())
    """,
    "two_loops": """
        async def work(n):
            await asyncio.sleep(0.001)
            return n
        first, second = asyncio.new_event_loop(), asyncio.new_event_loop()
        print(second.run_until_complete(work(2)), first.run_until_complete(work(1)))
        first.close()
        second.close()
    """,
    "system_exit": """
        async def main():
            raise SystemExit("leaving")
        try:
            asyncio.run(main())
        except SystemExit as leaving:
            print(leaving)
    """,
    "generator_coroutine": """
        import types
        @types.coroutine
        def once():
            yield
            return "resumed"
        async def main():
            print(await once())
        asyncio.run(main())
    """,
}

SEVERAL = {
    "call_later_in_order": """
        async def main():
            loop = asyncio.get_running_loop()
            done = loop.create_future()
            loop.call_later(0.03, done.set_result, None)
            loop.call_later(0.02, print, "second")
            loop.call_later(0.01, print, "first")
            loop.call_later(0.015, print, "cancelled").cancel()
            await done
        asyncio.run(main())
    """,
    "sleeps_in_order": """
        async def work(n, seconds):
            await asyncio.sleep(seconds)
            print(n)
        async def main():
            await asyncio.gather(work(1, 0.03), work(2, 0.01), work(3, 0.02))
        asyncio.run(main())
    """,
    "close_sleeps": """
        async def work(n, seconds):
            await asyncio.sleep(seconds)
            await asyncio.sleep(seconds)
            print(n)
        async def main():
            await asyncio.gather(work(1, 0.02), work(2, 0.021))
        asyncio.run(main())
    """,
    "lost_update": """
        total = 0
        async def add(n):
            global total
            before = total
            await asyncio.sleep(0.001 * n)
            total = before + n
        async def main():
            await asyncio.gather(add(1), add(2))
            print(total)
        asyncio.run(main())
    """,
    "two_threads_answer": """
        import threading
        got = []
        async def main():
            loop = asyncio.get_running_loop()
            done = loop.create_future()
            def put(n):
                got.append(n)
                if len(got) == 2:
                    done.set_result(None)
            for n in range(2):
                threading.Thread(target=loop.call_soon_threadsafe, args=(put, n)).start()
            await done
            print(sorted(got) == [0, 1])
        asyncio.run(main())
    """,
    "thread_against_sleep": """
        async def sleeper():
            await asyncio.sleep(0.001)
            print("slept")
        def work():
            return "worked"
        async def main():
            task = asyncio.create_task(sleeper())
            print(await asyncio.to_thread(work))
            await task
        asyncio.run(main())
    """,
    "timeout_against_event_311": """
        async def main():
            event = asyncio.Event()
            asyncio.get_running_loop().call_later(0.01, event.set)
            try:
                async with asyncio.timeout(0.01):
                    await event.wait()
                print("set")
            except TimeoutError:
                print("timeout")
        asyncio.run(main())
    """,
}


def is_for_this_version(name: str) -> bool:
    """Whether this Python has what the program needs."""
    _, _, version = name.rpartition("_")
    return not version.isdigit() or sys.version_info >= (int(version[0]), int(version[1:]))
