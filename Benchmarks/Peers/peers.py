"""Decodes the benchmark's packets with Python: orjson into dicts, and what the exchange's own client does.

Takes a folder of files `<kind>.bodies`, each packet with its length before it (8 bytes, little endian), and
`<kind>.first`, the snapshot before them or nothing. Each line of its input names a kind and is answered by one round of
every decoder that is installed: lines `<decoder>TAB<nanoseconds a packet>` and an empty one.
"""
import gc, importlib.util, json, pathlib, struct, sys, time

KEYS = {"book": (0, 1), "books": (0, 1)}
# All others have their key in the first column.
FIRST = (0,)


def bodies(path):
    data = path.read_bytes()
    found, at = [], 0
    while at < len(data):
        (length,) = struct.unpack_from("<Q", data, at)
        found.append(data[at + 8 : at + 8 + length])
        at += 8 + length
    return found


def apply(packet, table, keys):
    columns = packet["columns"]
    if packet["properties"]["type"] == "snapshot":
        table.clear()
    for row in packet["data"]:
        key = tuple(row[k] if not isinstance(row[k], list) else row[k][0] for k in keys)
        known = table.get(key)
        if known is None:
            table[key] = dict(zip(columns, row))
        else:
            known.update(zip(columns, row))


def timed(work, packets):
    start = time.perf_counter_ns()
    for packet in packets:
        work(packet)
    return (time.perf_counter_ns() - start) / len(packets)


def prepared(path, decoders):
    """Packets of a kind, and by name what is done to each."""
    works = {}
    first = path.with_suffix(".first").read_bytes()
    for name, loads in decoders.items():
        works[name] = loads
        table = {}
        if first:
            apply(loads(first), table, KEYS.get(path.stem, FIRST))

        def work(body, loads=loads, table=table):
            apply(loads(body), table, KEYS.get(path.stem, FIRST))

        works[name + "+dict"] = work
    return bodies(path), works


def main(folder):
    decoders = {}
    try:
        import orjson
        decoders["orjson"] = orjson.loads
    except ImportError:
        pass
    if importlib.util.find_spec("moexalgo"):
        # What its ISS+ client (moexalgo/beta/issplus.py) does to a body; to import it would take pandas too.
        decoders["moexalgo"] = lambda body: json.loads(body.decode("utf8").strip("\0"))
    kinds = {path.stem: prepared(path, decoders) for path in pathlib.Path(folder).glob("*.bodies")}
    # What is kept here for the next rounds is nothing that the collector should go through in each.
    gc.freeze()
    for line in sys.stdin:
        packets, works = kinds[line.strip()]
        for name, work in works.items():
            print(f"{name}\t{timed(work, packets)}")
        print(flush=True)


main(sys.argv[1])
