import asyncio
import sys


async def main(port, h1, p1, h2, p2):
    upstream = [await asyncio.open_connection(h1, int(p1)), await asyncio.open_connection(h2, int(p2))]
    answers = asyncio.Queue()

    async def listen(reader):
        while True:
            line = await reader.readline()
            if not line:
                return
            await answers.put(line)

    listeners = [asyncio.create_task(listen(r)) for r, _ in upstream]

    async def client(reader, writer):
        while True:
            q = (await reader.readline()).strip()
            if not q or q == b"done":
                break
            for _, w in upstream:
                w.write(q + b"\n")
            try:
                a = await asyncio.wait_for(answers.get(), 5)
            except asyncio.TimeoutError:
                a = q + b" - Error:HOST NOT FOUND\n"
            writer.write(a)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(client, "0.0.0.0", int(port))
    print("ready, with", len(listeners), "servers")
    await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))
