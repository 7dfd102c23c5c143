#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""A TCP proxy before a port of this machine that passes every byte on half a round trip later.

    delay.py PORT MILLISECONDS      prints its own port, and serves until it is ended
"""
import asyncio
import sys


async def pass_on(reader, writer, delay):
    """What arrives together stays together, and nothing waits for what came before it."""
    loop = asyncio.get_running_loop()
    waiting = asyncio.Queue()

    async def write():
        while (item := await waiting.get()) is not None:
            due, data = item
            if (left := due - loop.time()) > 0:
                await asyncio.sleep(left)
            writer.write(data)
            await writer.drain()
        writer.close()

    writing = asyncio.create_task(write())
    try:
        while data := await reader.read(1 << 16):
            waiting.put_nowait((loop.time() + delay, data))
    except ConnectionError:
        pass
    waiting.put_nowait(None)
    await writing


async def main(port, delay):
    async def serve(reader, writer):
        try:
            there, back = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(pass_on(reader, back, delay), pass_on(there, writer, delay))
        except ConnectionError:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]) / 2000))
    except KeyboardInterrupt:
        pass
