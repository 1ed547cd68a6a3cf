"""An ISS+ gateway of some thirty rules, written from the protocol facts with `websockets` and nothing of this project.

    gateway.py

Prints `listening:PORT`. One market: MXSE.orderbooks and the query SEARCH.ticker. A subscription gets a snapshot and, for
each of twenty times, an update; passcode `wrong` is denied.
"""
import asyncio
import json

import websockets


def frame(command, headers=(), body=""):
    lines = [command] + [f"{name}:{value}" for name, value in headers]
    if body:
        lines.insert(1, f"content-length:{len(body.encode())}")
    return "\n".join(lines) + "\n\n" + body + "\0"


def parse(text):
    head, _, body = text.rstrip("\0").partition("\n\n")
    command, *lines = head.split("\n")
    return command, dict(line.split(":", 1) for line in lines), body


def packet(kind, seqnum, rows):
    return json.dumps({
        "properties": {"type": kind, "seqnum": seqnum, "timestamp": 1719825533789},
        "columns": ["BUYSELL", "PRICE", "QUANTITY"],
        "data": rows,
    }, ensure_ascii=seqnum % 2 == 0, indent=1 if seqnum % 3 == 0 else None)


async def session(socket):
    number = 1_000_000_000_000_000_000
    async for message in socket:
        text = message if isinstance(message, str) else message.decode()
        if text.strip("\r\n") == "":
            continue
        command, headers, _ = parse(text)
        if command == "CONNECT":
            if headers["passcode"] == "wrong":
                await socket.send(frame("ERROR", [("message", "gateway.access-denied")]))
                return
            await socket.send(frame("CONNECTED", [("version", "1.2")], '{"structure":{}}'))
        elif command == "SUBSCRIBE":
            if headers["destination"] != "MXSE.orderbooks":
                await socket.send(frame(
                    "ERROR", [("receipt-id", headers["receipt"]), ("message", "gateway.invalidrequest")], "no such stream"))
                continue
            await socket.send(frame("RECEIPT", [("receipt-id", headers["receipt"])]))
            common = [("destination", headers["destination"]), ("subscription", headers["id"])]
            await socket.send(frame("MESSAGE", common, packet("snapshot", number, [
                ["B", [257.1, 2], 10], ["B", [257.05, 2], 3], ["S", [257.2, 2], 7]])))
            for index in range(1, 21):
                body = packet("updates", number + index, [["B", [257.1, 2], 10 + index]])
                # In two WebSocket fragments, cut anywhere.
                whole = frame("MESSAGE", common, body)
                await socket.send([whole[:index * 7], whole[index * 7:]])
            await socket.send(frame("MESSAGE", common, packet("removal", number + 21, [["B", [257.05, 2], 0]])))
        elif command == "REQUEST":
            body = json.dumps({"columns": ["ticker", "name"], "data": [["MXSE.TQBR.SBER", "Сбербанк, \"обыкн.\""]]})
            await socket.send(frame("REPLY", [("request-id", headers["id"])], body))
        elif command == "UNSUBSCRIBE":
            pass
        elif command == "DISCONNECT":
            return


async def main():
    async with websockets.serve(session, "127.0.0.1", 0, subprotocols=["STOMP"], ping_interval=0.2) as server:
        print(f"listening:{server.sockets[0].getsockname()[1]}", flush=True)
        await asyncio.Future()


asyncio.run(main())
