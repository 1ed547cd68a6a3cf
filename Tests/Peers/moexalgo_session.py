"""The exchange's own client (package moexalgo, unchanged) against a gateway: python3 moexalgo_session.py URL

Needs `pip install "moexalgo!=2.4.*" stomp.py websockets pandas`. moexalgo 2.4 calls itself fit for Python 3.10 but cannot
be imported before 3.12. Seen to work: Python 3.11 with moexalgo 2.3.2, Python 3.12 with 2.4.1 and 2.5.12; websockets
13.1 to 17.4, stomp.py 9.0.0. One line `ok NAME` for each step.
"""

import asyncio
import sys

from moexalgo.beta.issplus import Credentials, connect

GUEST = Credentials(domain="DEMO", login="guest", passcode="guest")
TIME_LIMIT = 600


async def within(awaitable):
    return await asyncio.wait_for(awaitable, TIME_LIMIT)


def expect(condition, name):
    if not condition:
        raise AssertionError(name)
    print("ok", name, flush=True)


async def packets(subscription, count):
    return [await within(subscription.__anext__()) for _ in range(count)]


async def follow(session, destination, selector, first_column, count):
    subscription = await within(session.subscribe(destination, selector))
    received = await packets(subscription, count)
    shapes = [all(len(row) == len(packet["columns"]) for row in packet["data"]) for packet in received]
    expect(received[0]["properties"]["type"] == "snapshot" and received[0]["data"], f"snapshot of {destination}")
    expect(all(shapes) and all(packet["columns"][0] == first_column for packet in received), f"packets of {destination}")
    return subscription


async def refused(session, destination, selector):
    subscription = await within(session.subscribe(destination, selector))
    try:
        await within(subscription.__anext__())
    except RuntimeError:
        return True
    return False


async def run(url):
    async with connect(url, GUEST) as session:
        expect("MXSE" in session.structure, "connect and structure")
        answer = await within(session.request("SEARCH.ticker", 'pattern="SBER"'))
        expect(any("MXSE.TQBR.SBER" in row for row in answer["data"]), "request")
        try:
            await within(session.request("SEARCH.nothing", 'pattern="SBER"'))
            expect(False, "refused request")
        except RuntimeError as error:
            expect("failed" in str(error), "refused request")
        sber = 'TICKER="MXSE.TQBR.SBER" and LANGUAGE="en"'
        book = await follow(session, "MXSE.orderbooks", sber, "BUYSELL", 4)
        await follow(session, "MXSE.securities", sber, "TICKER", 3)
        await follow(session, "MXSE.candles", 'ticker="MXSE.TQBR.SBER" and interval="M1"', "FROM", 2)
        expect(await refused(session, "MXSE.nothing", sber), "refused resource")
        expect(await refused(session, "MXSE.securities", 'TICKER="SBER"'), "refused ticker")
        await within(session.unsubscribe(book.id))
        while True:
            try:
                await within(book.__anext__())
            except (StopAsyncIteration, RuntimeError):
                break
        expect(True, "unsubscribe")
        await within(session.close())
        expect(True, "close")
    try:
        async with connect(url, GUEST._replace(passcode="wrong")):
            expect(False, "wrong password")
    except ConnectionRefusedError as error:
        expect("Access denied" in str(error), "wrong password")


if __name__ == "__main__":
    asyncio.run(asyncio.wait_for(run(sys.argv[1]), 600))
