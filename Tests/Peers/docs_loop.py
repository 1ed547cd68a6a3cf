"""The loops of the exchange's documentation, with websockets and stomp.py: python3 docs_loop.py URL

One message is one frame, and its body is JSON up to the NUL. One SUBSCRIBE asks for a receipt, the other does not.
"""

import asyncio
import json
import sys

import websockets
from stomp.utils import Frame, convert_frame, parse_frame

TIME_LIMIT = 600


def expect(condition, name):
    if not condition:
        raise AssertionError(name)
    print("ok", name, flush=True)


async def say(socket, command, **headers):
    await socket.send(b"".join(convert_frame(Frame(command, headers=headers))))


async def hear(socket):
    message = await asyncio.wait_for(socket.recv(), TIME_LIMIT)
    frame = parse_frame(message)
    body = frame.body.decode("utf8").strip("\0")
    return frame, json.loads(body) if body else None


async def loop(url, receipt):
    async with websockets.connect(url, subprotocols=["STOMP"]) as socket:
        await say(socket, "CONNECT", domain="DEMO", login="guest", passcode="guest")
        frame, body = await hear(socket)
        expect(frame.cmd == "CONNECTED" and "structure" in body, f"connected, receipt {receipt}")
        headers = {"receipt": receipt} if receipt else {}
        selector = 'TICKER="MXSE.TQBR.SBER"'
        await say(socket, "SUBSCRIBE", id="books", destination="MXSE.orderbooks", selector=selector, **headers)
        if receipt:
            frame, body = await hear(socket)
            expect(frame.cmd == "RECEIPT" and frame.headers["receipt-id"] == receipt and body is None, "receipt")
        for number in range(3):
            frame, body = await hear(socket)
            good = frame.cmd == "MESSAGE" and frame.headers["subscription"] == "books"
            good = good and body["properties"]["type"] == "snapshot" and len(body["data"]) == 20
            expect(good, f"message {number + 1}, receipt {receipt}")
        await say(socket, "UNSUBSCRIBE", id="books")
        await say(socket, "REQUEST", id="7", destination="SEARCH.ticker", selector='pattern="SBER"')
        while frame.cmd != "REPLY":
            frame, body = await hear(socket)
        expect(frame.headers["request-id"] == "7" and body["columns"][0] == "ticker", f"reply, receipt {receipt}")
        await say(socket, "DISCONNECT")


async def run(url):
    await loop(url, "r-1")
    await loop(url, None)


if __name__ == "__main__":
    asyncio.run(asyncio.wait_for(run(sys.argv[1]), 600))
