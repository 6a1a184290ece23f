"""A name that can be made to lead elsewhere: a port whose connections go on to another, which a file names.

    forwarder.py PORT FILE

The file is read for each connection; those that are open stay where they are.
"""

import asyncio
import sys
from pathlib import Path


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def main(port: int, file: Path) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there = await asyncio.open_connection("127.0.0.1", int(file.read_text()))
        except OSError:
            writer.close()
            return
        await asyncio.gather(pass_on(reader, there[1]), pass_on(there[0], writer))

    server = await asyncio.start_server(connected, "127.0.0.1", port)
    print("forwarding", flush=True)
    await server.serve_forever()


asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
