"""TFRecord: length and bytes of each record, both under a masked CRC-32C, as TensorFlow's `tf.io` writes and checks them.

https://www.tensorflow.org/tutorials/load_data/tfrecord says how; the polynomial is Castagnoli's (RFC 3720, B.4).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from struct import pack, unpack
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from domain.formats.base import FormatError

_POLYNOMIAL = 0x82F63B78
_MASK = 0xA282EAD8
LANE = 1024  # bytes that numpy takes one by one, in as many lanes as there are
HEAD = 12  # bytes: length and its checksum
MOST = 1 << 30  # bytes of one record
_Table = NDArray[np.uint32]


@cache
def _table() -> _Table:
    values = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        values = np.where(values & 1, (values >> 1) ^ np.uint32(_POLYNOMIAL), values >> 1)
    return values


@cache
def _over_lane() -> list[list[int]]:
    """What `LANE` zero bytes make of a checksum, by each of its bytes."""
    table = _table()
    values = np.concatenate([np.arange(256, dtype=np.uint32) << np.uint32(8 * place) for place in range(4)])
    for _ in range(LANE):
        values = table[values & 0xFF] ^ (values >> np.uint32(8))
    return [part.tolist() for part in np.split(values, 4)]


def crc32c(data: bytes) -> int:
    """CRC-32C of bytes: of lanes side by side, which are then joined."""
    table = _table()
    lanes = len(data) // LANE
    crc = 0xFFFFFFFF
    if lanes:
        columns = np.frombuffer(data, dtype=np.uint8, count=lanes * LANE).reshape(lanes, LANE)
        apart = np.zeros(lanes, dtype=np.uint32)
        for column in columns.T:
            apart = table[(apart ^ column) & 0xFF] ^ (apart >> np.uint32(8))
        a, b, c, d = _over_lane()
        for lane in apart.tolist():
            crc = a[crc & 255] ^ b[crc >> 8 & 255] ^ c[crc >> 16 & 255] ^ d[crc >> 24] ^ lane
    rest: list[int] = table.tolist()
    for byte in data[lanes * LANE :]:
        crc = rest[(crc ^ byte) & 255] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def masked(data: bytes) -> int:
    """The checksum as it stands in the file: turned, so that one over bytes that hold checksums is no weaker."""
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + _MASK) & 0xFFFFFFFF


def write_record(file: BinaryIO, data: bytes) -> None:
    """Append a record."""
    length = pack("<Q", len(data))
    file.write(length + pack("<L", masked(length)) + data + pack("<L", masked(data)))


def is_head(head: bytes) -> bool:
    """Whether 12 bytes are the length of a record and its checksum: chance makes one in four thousand million."""
    return len(head) >= HEAD and unpack("<L", head[8:HEAD])[0] == masked(head[:8])


def read_record(file: BinaryIO, path: str) -> bytes | None:
    """The next record; None at the end of the file.

    Raises:
        FormatError: `bad_tfrecord`: it is cut, too long, or a checksum is not that of the bytes.
    """
    head = file.read(HEAD)
    if not head:
        return None
    if not is_head(head):
        raise FormatError("bad_tfrecord", f"{path}: the length of a record does not have its checksum")
    (length,) = unpack("<Q", head[:8])
    if length > MOST:
        raise FormatError("bad_tfrecord", f"{path}: a record has {length} bytes; at most {MOST} are read")
    data, tail = file.read(length), file.read(4)
    if len(data) < length or len(tail) < 4:
        raise FormatError("bad_tfrecord", f"{path}: the last record is cut")
    if unpack("<L", tail)[0] != masked(data):
        raise FormatError("bad_tfrecord", f"{path}: a record does not have its checksum")
    return data


def records(file: BinaryIO, path: str) -> Iterator[tuple[int, bytes]]:
    """(where it begins, bytes) of each record. Raises FormatError as `read_record`."""
    at = 0
    while (data := read_record(file, path)) is not None:
        yield at, data
        at += HEAD + len(data) + 4
