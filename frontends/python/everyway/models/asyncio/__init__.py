"""The modelled `asyncio`: the real package, without its C parts, on event loops of the engine.

`install.py` changes the freshly loaded modules; what they then run on is `loop.py`.
"""
