#!/usr/bin/env python3
"""Reads frames of the Huiliu protocol, version 0, and prints each message as one JSON line.

Written from Protocol/README.md only, never from the Swift sources: where the two disagree, one of them is wrong.
Needs nothing but Python 3.9 or later.

    reader.py FILE              FILE holds frames, one after another: as bytes, or as hexadecimal text
    reader.py -                 the same from standard input
    reader.py --annotate FILE   hexadecimal text with what each byte is, which is again a FILE

In hexadecimal text, a line that begins with # and whatever follows a | are comments.
"""

import hashlib
import json
import pathlib
import sys
import zlib

from shapes import Bytes, Malformed

KINDS = {1: "hello", 2: "welcome", 3: "have", 4: "batch", 5: "receipt", 6: "scheme", 7: "done", 8: "goodbye",
         9: "want", 10: "enrol", 11: "certificate"}
CRITICAL, DEFLATED, SEALED = 1, 2, 4

def preset_dictionary():
    """The forms and codes that the specification lists, each after its length as one byte."""
    page = pathlib.Path(__file__).resolve().parents[2] / "Protocol" / "README.md"
    out = b""
    for word in page.read_text(encoding="utf-8").split("```dictionary\n")[1].split("```")[0].split():
        code = word.rstrip(":").encode()
        out += bytes([len(code)]) + code + (b"\0" if word.endswith(":") else b"")
    return out


QUALIFIERS = ["", "近", "接近", "不足", "超", "突破", "余", "多", "约", "左右", "以上", "不少于", "至少"]


def H(data):
    return hashlib.sha256(data).digest()[:16]


class Reference(tuple):
    def __str__(self):
        return f"{self[0]:016x}:{self[1]}~{self[2]:08x}"


class Reader:
    """Remembers the hashes of the changes it has seen, so that chains can be followed from batch to batch."""

    def __init__(self):
        self.hashes = {}

    # Frames

    def frame(self, b):
        """The message of the next frame, as something JSON can say."""
        length = b.u32("length")
        if not 6 <= length <= 65536:
            raise Malformed(f"a frame of {length} bytes")
        kind, flags = b.u8("kind", lambda k: f"{k} {KINDS.get(k, 'unknown')}"), b.u8("flags", flag_words)
        start = b.position
        body_end = start + length - 6
        checked = b.data[start - 2:body_end]
        if len(checked) != length - 4 or body_end + 4 > len(b.data):
            raise Malformed("a frame that is cut off")
        name = KINDS.get(kind)
        message = {"message": name or "unknown", "critical": bool(flags & CRITICAL)}
        if name is None:
            message["kind"] = kind
            b.raw(length - 6, "payload")
        else:
            if flags & ~(DEFLATED | SEALED if name == "batch" else 0) != CRITICAL:
                raise Malformed(f"flags {flags} on {name}")
            payload = Bytes(b.data[:body_end], b.position, b.notes)
            if name == "batch":
                end = len(payload.data) - 2
                if flags & SEALED:
                    start = end - int.from_bytes(payload.data[end:], "big")
                    body = Bytes(payload.data[:start], payload.position, payload.notes)
                else:
                    body = payload
                message.update(self.batch(body, bool(flags & DEFLATED)))
                body.end()
                payload.position = body.position
                seals = [None] * len(message["chains"])
                if flags & SEALED:
                    seals = self.seals_of(payload, len(seals))
                    payload.raw(2, "length of the seals")
                for chain, seal in zip(message["chains"], seals):
                    chain["seal"] = seal
                self.follow(message)
            else:
                message.update(getattr(self, name)(payload))
            payload.end()
            b.position = body_end
        if zlib.crc32(checked) != b.u32("crc32", lambda crc: "crc32"):
            raise Malformed("a wrong checksum")
        return message

    # Messages

    def hello(self, b):
        if len(b.data) - b.position > 16384:
            raise Malformed("a long hello")
        versions = [b.varint("oldest version"), b.varint("newest version")]
        return {"versions": versions, "capabilities": b.varint("capabilities"), "replica": b.replica(), "time": b.time(),
                "scheme": b.hex8("scheme"),
                "scopes": b.scopes("scope", with_tip=True)}

    def welcome(self, b):
        message = {"version": b.varint("version"), "capabilities": b.varint("capabilities"), "replica": b.replica(),
                   "time": b.time(),
                   "scheme": b.hex8("scheme"), "batches_in_flight": b.varint("batches in flight"),
                   "differing_scopes": b.varint("differing scopes")}
        message["scopes"] = b.scopes("scope", with_tip=False) or None
        return message

    def have(self, b):
        return {"scope": b.unit("scope"), "batches_seen": b.varint("batches seen"),
                "frontier": b.references("frontier")}

    def receipt(self, b):
        held = []
        for number in range(b.varint("chain count")):
            with b.note(f"chain {number}") as note:
                count = b.varint()
                tag = f"{b.u32():08x}" if count else None
                note.text = f"{count} held" + (f", the last ~{tag}" if count else "")
            held.append({"count": count, "tag": tag})
        return {"held": held}

    def scheme(self, b):
        return {"total": b.varint("total"), "inflated": b.varint("inflated"),
                "piece": b.raw(b.varint("bytes of the piece"), "piece").hex()}

    def done(self, b):
        return {}

    def goodbye(self, b):
        return {"code": b.varint("code"), "chinese": b.string("Chinese words"), "english": b.string("English words")}

    def want(self, b):
        scope, replica, marks = b.unit("scope"), b.replica(), []
        for number in range(b.varint("mark count")):
            with b.note(f"mark {number}") as note:
                mark = (b.varint(), b.u32())
                note.text = f"{replica}:{mark[0]}~{mark[1]:08x}"
            if mark[0] == 0 or marks and not marks[-1][0] < mark:
                raise Malformed("marks out of order")
            marks.append((mark, note.text))
        return {"scope": scope, "replica": replica, "marks": [text for _, text in marks]}

    def enrol(self, b):
        versions = [b.varint("oldest version"), b.varint("newest version")]
        if versions[0] > versions[1]:
            raise Malformed("versions from new to old")
        return {"versions": versions, "code": b.string("code"),
                "request": b.raw(b.varint("bytes of the request"), "request").hex()}

    def certificate(self, b):
        return {"certificate": b.raw(b.varint("bytes of the certificate"), "certificate").hex()}

    # Batches

    def batch(self, b, deflated):
        if not deflated:
            return {"deflated": False, **self.columns(b)}
        size = b.varint("inflated bytes")
        if size > 131072:
            raise Malformed(f"a batch of {size} bytes")
        stream = b.raw(len(b.data) - b.position, "deflate stream")
        inflater = zlib.decompressobj(wbits=-15, zdict=preset_dictionary())
        data = inflater.decompress(stream, size + 1)
        if len(data) != size or not inflater.eof or inflater.unused_data:
            raise Malformed("a batch that does not inflate to its stated size")
        notes = None if b.notes is None else []
        inflated = Bytes(data, 0, notes)
        batch = self.columns(inflated)
        inflated.end()
        if notes is not None:
            b.notes.append(("inflated", notes))
        return {"deflated": True, **batch}

    def seals_of(self, b, chain_count):
        signers = b.listed("signer", lambda b, name: b.raw(16, name).hex())
        seals = []
        for number in range(chain_count):
            with b.note(f"seal of chain {number}") as note:
                signer = b.varint()
                seal = {"signer": signers[signer - 1], "signature": b.raw(64, "signature").hex()} if signer else None
                note.text = f"signer {signer - 1}" if signer else "none"
            seals.append(seal)
        return seals

    def columns(self, b):
        scope = b.unit("scope")
        chain_count = b.varint("chain count")
        chains = []
        for number in range(chain_count):
            with b.note(f"chain {number}") as note:
                replica, first = b.u64(), b.varint()
                tag = b.u32() if first > 1 else None
                note.text = f"replica {replica:016x} from {first}" + (f" after ~{tag:08x}" if tag is not None else "")
            chains.append({"replica": f"{replica:016x}", "first": first,
                           "predecessor": None if tag is None else f"{tag:08x}"})
        replicas = b.listed("replica", Bytes.u64)
        authors = b.listed("author", Bytes.string)
        codes = b.listed("code", Bytes.code)
        periods = b.listed("period", Bytes.period)
        count = b.varint("change count")
        mask = b.varint("mask", "{:015b}".format)

        def column(bit, name, number, read, usual=None):
            if usual is not None and not mask >> bit & 1:
                return [usual] * number
            with b.note(f"column {name}") as note:
                entries = [read() for _ in range(number)]
                note.text = ", ".join(str(entry) for entry in entries)
            return entries

        chain_numbers = column(0, "chain", count, b.varint, usual=0)
        deltas = column(1, "time", count, b.varint)
        author_numbers = column(2, "author", count, b.varint, usual=0)
        context_counts = column(3, "context count", count, b.varint, usual=0)
        write_counts = column(4, "write count", count, b.varint, usual=1)
        flat = column(5, "context", sum(context_counts), lambda: Reference((replicas[b.varint()], b.varint(), b.u32())))
        total = sum(write_counts)
        forms = column(6, "form", total, b.varint, usual=0)
        period_numbers = column(7, "period", total, b.varint, usual=0)
        rows = column(8, "row", total, b.varint, usual=1)
        item_deltas = column(9, "item", total, b.signed, usual=1)
        heads = column(10, "head", total, b.varint, usual=8)
        qualifiers = iter(column(11, "qualifier", heads.count(24), b.u8))
        number_count = sum(head in (8, 24, 40) for head in heads)
        scales = iter(column(12, "scale", number_count, b.varint, usual=0))
        numbers = iter(column(13, "number", number_count, b.signed128))
        others = iter(column(14, "other", sum(head in (5, 6, 7, 40) for head in heads), self.other_of(b, heads)))

        writes, last, item = [], {}, 1
        for form, period, row, delta, head in zip(forms, period_numbers, rows, item_deltas, heads):
            item += delta
            value = {"head": head}
            if head == 24:
                value["qualifier"] = next(qualifiers)
            if head in (8, 24, 40):
                scale, mantissa = next(scales), next(numbers)
                before = last.get((form, row, item))
                if before is not None and before[0] == scale:
                    mantissa += before[1]
                last[form, row, item] = (scale, mantissa)
                value["number"] = (scale, mantissa)
            if head in (5, 6, 7, 40):
                value["other"] = next(others)
            writes.append(((codes[form], periods[period], codes[row], codes[item]), value))

        changes, times = [], [0] * chain_count
        start = context_start = 0
        for n in range(count):
            chain = chains[chain_numbers[n]]
            time = times[chain_numbers[n]] = (times[chain_numbers[n]] + deltas[n] + 2**63) % 2**64 - 2**63
            context = flat[context_start:context_start + context_counts[n]]
            context_start += context_counts[n]
            own = writes[start:start + write_counts[n]]
            start += write_counts[n]
            author = authors[author_numbers[n]]
            canonical = canonical_bytes(time, author, context, own)
            changes.append({
                "chain": chain_numbers[n], "replica": chain["replica"],
                "canonical": canonical.hex(), "time": time, "author": author,
                "context": [str(reference) for reference in context],
                "writes": [{"cell": cell_text(cell), "value": value_text(value)} for cell, value in own]})
        return {"scope": scope, "chains": chains, "changes": changes}

    @staticmethod
    def other_of(b, heads):
        kinds = iter([head for head in heads if head in (5, 6, 7, 40)])

        def read():
            head = next(kinds)
            return b.date() if head == 5 else b.decimal() if head == 40 else b.string()
        return read

    def follow(self, batch):
        """Numbers the changes of a batch in their chains, and gives each its hash in hexadecimal, or None if what it
        builds on was not seen. Who seals a chain is part of the hash before its first change."""
        scope, tails = batch["scope"], {}
        for change in batch["changes"]:
            number = change.pop("chain")
            chain = batch["chains"][number]
            if number in tails:
                sequence, before = tails[number]
            elif chain["first"] == 1:
                signer = bytes.fromhex(chain["seal"]["signer"]) if chain["seal"] else b""
                sequence, before = 1, H(string_bytes(scope) + bytes.fromhex(chain["replica"]) + signer)
            else:
                sequence = chain["first"]
                before = self.hashes.get((scope, chain["replica"], sequence - 1, chain["predecessor"]))
            own = None if before is None else H(before + bytes.fromhex(change["canonical"]))
            if own is not None:
                self.hashes[scope, chain["replica"], sequence, own[:4].hex()] = own
            tails[number] = sequence + 1, own
            change["sequence"], change["hash"] = sequence, own and own.hex()


# The canonical change

def varint_bytes(number):
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def signed_bytes(number):
    return varint_bytes(2 * number if number >= 0 else -2 * number - 1)


def string_bytes(text):
    data = text.encode()
    return varint_bytes(len(data)) + data


def decimal_bytes(decimal):
    return bytes([decimal[0]]) + signed_bytes(decimal[1])


def canonical_bytes(time, author, context, writes):
    if not writes:
        raise Malformed("a change that writes nothing")
    out = signed_bytes(time) + string_bytes(author) + varint_bytes(len(context))
    for replica, sequence, tag in context:
        out += replica.to_bytes(8, "big") + varint_bytes(sequence) + tag.to_bytes(4, "big")
    out += varint_bytes(len(writes))
    before = ("", 0, "", "")
    for cell, value in writes:
        mask = (cell[0] != before[0]) | (cell[1] != before[1]) << 1 | (cell[2] != before[2]) << 2
        out += bytes([mask])
        if mask & 1:
            out += string_bytes(cell[0])
        if mask & 2:
            out += varint_bytes(cell[1])
        if mask & 4:
            out += string_bytes(cell[2])
        out += string_bytes(cell[3]) + value_bytes(value)
        if before[3] and not before < cell:
            raise Malformed("writes out of order")
        before = cell
    return out


def value_bytes(value):
    head = value["head"]
    out = bytes([head])
    if head == 24:
        out += bytes([value["qualifier"]])
    if head in (8, 24, 40):
        out += decimal_bytes(value["number"])
    if head in (6, 7):
        out += string_bytes(value["other"])
    if head == 5:
        out += varint_bytes(value["other"])
    if head == 40:
        out += decimal_bytes(value["other"])
    return out


# For people

def flag_words(flags):
    names = [name for bit, name in ((CRITICAL, "critical"), (DEFLATED, "deflated"), (SEALED, "sealed")) if flags & bit]
    return f"{flags} " + " and ".join(names) if names else str(flags)


def decimal_text(decimal):
    scale, mantissa = decimal
    digits = str(abs(mantissa)).rjust(scale + 1, "0")
    text = digits if scale == 0 else digits[:-scale] + "." + digits[-scale:]
    return "-" + text if mantissa < 0 else text


def period_text(number):
    if number == 0:
        return "-"
    year, rank, part, subpart = number >> 9, number >> 7 & 3, number >> 3 & 15, number & 7
    month = f"{year:04}-{part:02}"
    if rank == 1:
        return month + {0: "", 1: "-1", 2: "-2", 3: "-3", 4: "A", 5: "B"}[subpart]
    return {0: f"{year:04}", 2: f"{year:04}-H{part}", 3: f"{year:04}-Q{part}"}[rank]


def cell_text(cell):
    form, period, row, item = cell
    return "/".join([form, period_text(period)] + ([row] if row else []) + [item])


def value_text(value):
    head = value["head"]
    if head in (8, 24, 40):
        return {"number": decimal_text(value["number"]),
                "upper": decimal_text(value["other"]) if head == 40 else None,
                "qualifier": QUALIFIERS[value["qualifier"]] if head == 24 else None}
    if head == 5:
        date = value["other"]
        return {"date": f"{date >> 9:04}-{date >> 5 & 15:02}-{date & 31:02}"}
    if head in (6, 7):
        return {{6: "text", 7: "choice"}[head]: value["other"]}
    return {0: "missing", 1: "not_applicable", 2: "withheld", 3: False, 4: True}[head]


def annotated(notes, prefix=""):
    for text, data in notes:
        if text == "inflated":
            print("#")
            print("# The stream inflates to:")
            annotated(data, "# ")
            print("#")
            continue
        text = "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in text)
        lines = [data[i:i + 16].hex(" ") for i in range(0, len(data), 16)]
        for index, line in enumerate(lines):
            print(f"{prefix}{line:<48}| {text if index == 0 else ''}".rstrip())


def main(arguments):
    annotates = "--annotate" in arguments
    paths = [argument for argument in arguments if argument != "--annotate"]
    if len(paths) != 1:
        sys.exit(__doc__)
    data = sys.stdin.buffer.read() if paths[0] == "-" else open(paths[0], "rb").read()
    reader = Reader()
    b = Bytes.of_file(data)
    while not b.is_at_end():
        b.notes = [] if annotates else None
        message = reader.frame(b)
        if annotates:
            print(f"# {message['message']}")
            annotated(b.notes)
        else:
            print(json.dumps(message, ensure_ascii=False))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (Malformed, IndexError, KeyError) as error:
        sys.exit(f"reader.py: {error}")
