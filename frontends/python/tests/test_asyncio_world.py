"""Programs with event loops in the private world on the fake core: they do what they really do."""

import textwrap

import fake_core
import pytest

world_module, execution, results = fake_core.load(
    "everyway.world.world", "everyway.world.execution", "everyway.world.results"
)


def compile_user(path):
    with open(path, encoding="utf-8") as file:
        return compile(file.read(), path, "exec", dont_inherit=True)


@pytest.fixture
def run(tmp_path):
    def run_program(text, times=1):
        path = str(tmp_path / "program.py")
        code = compile(textwrap.dedent(text), path, "exec", dont_inherit=True)
        program = execution.Program([(code, False)], path)
        with world_module.World(str(tmp_path), compile_user) as world:
            world.preload(["asyncio"])
            for _ in range(times):
                state = fake_core.execute(lambda: execution.run(world, program))
                world.end_execution()
        if state.exceptions:
            raise state.exceptions[0][1]
        return "".join(text for _, text in state.texts)

    return run_program


def test_tasks_run_in_turn(run):
    text = """
    import asyncio
    async def work(name):
        for n in range(2):
            print(name, n)
            await asyncio.sleep(0)
        return name
    async def main():
        print(await asyncio.gather(work("a"), work("b")))
    asyncio.run(main())
    """
    assert run(text, 2) == "a 0\nb 0\na 1\nb 1\n['a', 'b']\n"
