import asyncio
import sys

hosts = {}


async def serve(r, w):
    while True:
        line = await r.readline()
        if not line:
            break
        found = hosts.get(line.decode().strip().lower())
        if found:
            w.write((found + '\n').encode())
            await w.drain()
    w.close()


async def main():
    with open('table2.dat') as table:
        for entry in table:
            if entry.strip():
                hosts[entry.split()[0].lower()] = entry.strip()
    server = await asyncio.start_server(serve, '0.0.0.0', int(sys.argv[1]))
    async with server:
        await server.serve_forever()


asyncio.run(main())
