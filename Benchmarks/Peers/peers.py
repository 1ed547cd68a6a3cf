"""Decodes the benchmark's packets with Python: orjson into dicts, and what the exchange's own client does.

Takes a folder of files `<kind>.bodies`, each packet with its length before it (8 bytes, little endian), and
`<kind>.first`, the snapshot before them or nothing. Prints
`<decoder>TAB<kind>TAB<nanoseconds a packet>`; of a decoder that is not installed `<decoder>TABmissing`.
"""
import importlib.util, json, pathlib, struct, sys, time

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


def best(work, packets, rounds=5):
    times = []
    for _ in range(rounds):
        start = time.perf_counter_ns()
        for packet in packets:
            work(packet)
        times.append((time.perf_counter_ns() - start) / len(packets))
    return sorted(times)[len(times) // 2]


def main(folder):
    decoders = {}
    try:
        import orjson
        decoders["orjson"] = orjson.loads
    except ImportError:
        print("orjson\tmissing")
    if importlib.util.find_spec("moexalgo"):
        # What its ISS+ client (moexalgo/beta/issplus.py) does to a body; to import it would take pandas too.
        decoders["moexalgo"] = lambda body: json.loads(body.decode("utf8").strip("\0"))
    else:
        print("moexalgo\tmissing")
    for path in sorted(pathlib.Path(folder).glob("*.bodies")):
        packets = bodies(path)
        for name, loads in decoders.items():
            print(f"{name}\t{path.stem}\t{best(loads, packets)}")
            table = {}
            first = path.with_suffix(".first").read_bytes()
            if first:
                apply(loads(first), table, KEYS.get(path.stem, FIRST))
            work = lambda body: apply(loads(body), table, KEYS.get(path.stem, FIRST))
            print(f"{name}+dict\t{path.stem}\t{best(work, packets)}")


main(sys.argv[1])
