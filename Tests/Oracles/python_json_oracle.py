#!/usr/bin/env python3
"""Says which packet bodies are acceptable, by Python's json and the rules of a packet.

Input file: one line of JSON per case: {"columns": [[name, type or null, is key], ...] or null, "body": hex}.
Output: one line a case, `1` for accepted, `0` for refused, with the reason behind it.
"""

import json
import re
import sys

TEXTS = {"string", "enum", "date", "time", "datetime"}
INT64 = (-(2**63), 2**63 - 1)


class Refused(Exception):
    pass


class Number(str):
    """A number literal, kept as it was written."""


class Pairs(list):
    """The members of an object, repeated ones included."""


def need(condition, why):
    if not condition:
        raise Refused(why)


def no_constant(name):
    raise Refused(name)


def parse(body):
    try:
        text = body.decode("utf-8")
        return json.loads(
            text,
            parse_int=Number,
            parse_float=Number,
            parse_constant=no_constant,
            object_pairs_hook=Pairs,
        )
    except (ValueError, RecursionError) as error:
        raise Refused(str(error)) from error


def check_tree(value, depth=1):
    """No lone surrogates, not deeper than 64."""
    if isinstance(value, Number) or value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        need(not any(0xD800 <= ord(c) <= 0xDFFF for c in value), "surrogate")
        return
    need(depth <= 64, "depth")
    for element in value:
        if isinstance(value, Pairs):
            check_tree(element[0], depth + 1)
            check_tree(element[1], depth + 1)
        else:
            check_tree(element, depth + 1)


def only(pairs, name):
    found = [value for key, value in pairs if key == name]
    need(len(found) == 1, f"{len(found)} members {name}")
    return found[0]


def plain_integer(value):
    return isinstance(value, Number) and re.fullmatch(r"-?[0-9]+", value) is not None


def integer_member(pairs, name, least, most):
    found = [value for key, value in pairs if key == name]
    need(len(found) <= 1, f"twice {name}")
    if found and found[0] is not None:
        need(plain_integer(found[0]) and least <= int(found[0]) <= most, name)


def fits(literal):
    """A 64-bit mantissa and at most 255 fraction digits."""
    head, _, exponent = literal.lower().partition("e")
    exponent = int(exponent or 0)
    whole, _, fraction = head.partition(".")
    mantissa = int(whole + fraction)
    scale = len(fraction) - exponent
    if scale > 255:
        return False
    if mantissa == 0:
        return True
    if scale < -20:
        return False
    return INT64[0] <= mantissa * 10 ** max(0, -scale) <= INT64[1]


def check_fixed(value):
    need(type(value) is list and len(value) == 2, "fixed")
    need(plain_integer(value[1]) and 0 <= int(value[1]) <= 255, "decimals")
    need(value[0] is None or (isinstance(value[0], Number) and fits(value[0])), "literal")


def check_cell(value, kind):
    if value is None:
        return
    is_text = isinstance(value, str) and not isinstance(value, Number)
    if kind in TEXTS:
        need(is_text, kind)
    elif kind == "integer":
        need(plain_integer(value) and INT64[0] <= int(value) <= INT64[1], kind)
    elif kind == "float":
        need(isinstance(value, Number) and abs(float(value)) != float("inf"), kind)
    elif kind == "bool":
        need(isinstance(value, bool) or value in (Number("0"), Number("-0"), Number("1")) and isinstance(value, Number), kind)
    elif kind == "fixed":
        check_fixed(value)
    elif isinstance(value, Number):
        need(fits(value), "untyped number")
    elif not is_text and not isinstance(value, bool):
        check_fixed(value)


def check_packet(body, columns):
    tree = parse(body)
    check_tree(tree)
    need(isinstance(tree, Pairs), "no object")
    properties = only(tree, "properties")
    need(isinstance(properties, Pairs), "properties")
    kind = only(properties, "type")
    need(isinstance(kind, str) and kind in ("snapshot", "updates", "removal"), "type")
    integer_member(properties, "seqnum", 0, 2**64 - 1)
    integer_member(properties, "timestamp", *INT64)
    integer_member(properties, "published", *INT64)
    names = only(tree, "columns")
    need(type(names) is list, "columns")
    need(all(isinstance(n, str) and not isinstance(n, Number) for n in names), "columns")
    need(len(set(names)) == len(names), "column twice")
    rows = only(tree, "data")
    need(type(rows) is list, "data")
    if columns is None:
        columns = [[name, None, False] for name in names]
    types = {name: kind for name, kind, _ in columns}
    keys = [name for name, _, is_key in columns if is_key]
    if not keys and "BUYSELL" in types and "PRICE" in types:
        keys = ["BUYSELL", "PRICE"]
    need(all(key in names for key in keys), "key column")
    for row in rows:
        need(type(row) is list and len(row) == len(names), "row")
        for name, cell in zip(names, row):
            if name in types:
                check_cell(cell, types[name])
            if name in keys:
                need(cell is not None and not (isinstance(cell, list) and cell[0] is None), "key")


def main():
    with open(sys.argv[1], encoding="ascii") as cases:
        for line in cases:
            case = json.loads(line)
            try:
                check_packet(bytes.fromhex(case["body"]), case["columns"])
                print("1")
            except Refused as why:
                print("0", ascii(str(why)))


main()
