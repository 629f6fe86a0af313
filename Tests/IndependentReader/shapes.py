"""The primitive shapes of Protocol/README.md, read from bytes, each in its one encoding or not at all."""

import re
from contextlib import contextmanager

MONTH_LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


class Malformed(Exception):
    """Bytes that are no encoding of what they should be."""


class Note:
    text = ""


class Bytes:
    """A place in some bytes. Notes, if anybody wants them, say what was read: (words, bytes) in order."""

    def __init__(self, data, position=0, notes=None):
        self.data, self.position, self.notes = data, position, notes
        self.depth = 0

    @classmethod
    def of_file(cls, data):
        """Bytes as they are, or the hexadecimal text that they spell. A frame's first byte is 0, text has none."""
        if data[:1] == b"\0":
            return cls(data)
        lines = [line.split("|")[0] for line in data.decode().splitlines() if not line.startswith("#")]
        return cls(bytes.fromhex("".join(lines)))

    def is_at_end(self):
        return self.position == len(self.data)

    def end(self):
        if not self.is_at_end():
            raise Malformed(f"{len(self.data) - self.position} bytes left over")

    @contextmanager
    def note(self, label, show=None):
        """Notes all that is read within as one. The text of the note is added to the label."""
        start, note = self.position, Note()
        self.depth += 1
        yield note
        self.depth -= 1
        if self.notes is not None and self.depth == 0 and label is not None and self.position > start:
            self.notes.append((f"{label}: {note.text}" if note.text else label, self.data[start:self.position]))

    def noted(self, label, read, show=str):
        with self.note(label) as note:
            value = read()
            note.text = show(value)
        return value

    def take(self, count):
        if count > len(self.data) - self.position:
            raise Malformed(f"{count} bytes where {len(self.data) - self.position} are left")
        self.position += count
        return self.data[self.position - count:self.position]

    # Numbers

    def u8(self, label=None, show=str):
        return self.noted(label, lambda: self.take(1)[0], show)

    def u32(self, label=None, show=str):
        return self.noted(label, lambda: int.from_bytes(self.take(4), "big"), show)

    def u64(self, label=None, show="{:016x}".format):
        return self.noted(label, lambda: int.from_bytes(self.take(8), "big"), show)

    def _varint(self, bits):
        number = shift = 0
        while True:
            byte = self.take(1)[0]
            number |= (byte & 0x7F) << shift
            shift += 7
            if number >= 1 << bits or shift > 140:
                raise Malformed(f"a number of more than {bits} bits")
            if byte < 0x80:
                if byte == 0 and shift > 7:
                    raise Malformed("a number in needless bytes")
                return number

    def varint(self, label=None, show=str):
        return self.noted(label, lambda: self._varint(64), show)

    def signed(self, label=None, show=str):
        def read():
            number = self._varint(64)
            return number >> 1 if number % 2 == 0 else -(number >> 1) - 1
        return self.noted(label, read, show)

    def signed128(self):
        number = self._varint(128)
        return number >> 1 if number % 2 == 0 else -(number >> 1) - 1

    # Texts

    def raw(self, count, label=None):
        with self.note(label):
            return self.take(count)

    def string(self, label=None):
        return self.noted(label, lambda: self.take(self._varint(64)).decode("utf-8", "strict"), show=text_words)

    def code(self, label=None):
        def read():
            text = self.string()
            if not re.fullmatch("[a-zA-Z0-9_-]{0,64}", text):
                raise Malformed("a code")
            return text
        return self.noted(label, read, show=text_words)

    def unit(self, label=None):
        return self.noted(label, lambda: unit_of(self._varint(64)))

    # What a report is made of

    def replica(self):
        return f"{self.u64('replica'):016x}"

    def hex8(self, label):
        return f"{self.u64(label):016x}"

    def time(self):
        return self.signed("time")

    def period(self, label=None):
        def read():
            number = self._varint(64)
            year, rank, part, subpart = number >> 9, number >> 7 & 3, number >> 3 & 15, number & 7
            parts = {0: [0], 1: range(1, 13), 2: [1, 2], 3: range(1, 5)}[rank]
            subparts = range(6) if rank == 1 else [0]
            if number != 0 and not (1 <= year <= 9999 and part in parts and subpart in subparts):
                raise Malformed(f"period {number}")
            return number
        return self.noted(label, read)

    def date(self):
        number = self._varint(64)
        year, month, day = number >> 9, number >> 5 & 15, number & 31
        leap = year % 4 == 0 and year % 100 != 0 or year % 400 == 0
        if not (1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= MONTH_LENGTHS[month - 1]) or (
                (month, day) == (2, 29) and not leap):
            raise Malformed(f"date {number}")
        return number

    def decimal(self):
        scale, mantissa = self.take(1)[0], self.signed128()
        if scale > 12 or abs(mantissa) >= 10**24:
            raise Malformed("a decimal beyond the limits")
        return scale, mantissa

    # Lists

    def listed(self, label, read):
        return [read(self, f"{label} {number}") for number in range(self.varint(f"{label} count"))]

    def references(self, label):
        references = []
        for number in range(self.varint(f"{label} count")):
            with self.note(f"{label} {number}") as note:
                reference = (self.u64(), self.varint(), self.u32())
                note.text = f"{reference[0]:016x}:{reference[1]}~{reference[2]:08x}"
            if reference[1] == 0 or references and not references[-1][0] < reference:
                raise Malformed("references out of order")
            references.append((reference, note.text))
        return [text for _, text in references]

    def scopes(self, label, with_tip):
        scopes, before = [], 0
        for number in range(self.varint(f"{label} count")):
            with self.note(f"{label} {number}") as note:
                before += self.signed()
                unit = unit_of(before)
                tip = self.u64() if with_tip else None
                note.text = unit + (f", tip {tip:016x}" if with_tip else "")
            scopes.append({"unit": unit, "tip": f"{tip:016x}"} if with_tip else unit)
        return scopes


def text_words(text):
    return f"“{text}”" if len(text) <= 24 else f"“{text[:24]}…”"


def unit_of(number):
    """The code of the unit with this number."""
    digits, zone, subzone = number // 10201, number // 101 % 101, number % 101
    if not 0 <= digits <= 999999 or zone == 0 and subzone > 0:
        raise Malformed(f"unit {number}")
    return f"{digits:06}" + "".join(f"-{group - 1:02}" for group in (zone, subzone) if group > 0)
