"""Parquet against pyarrow, both ways: random nested columns, every packing and page version."""

from __future__ import annotations

import io
import os
import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from domain.formats.parquet.file import BOOL, BYTES, NUMBER, TEXT, WHOLE, Field, ParquetReader, ParquetWriter

ROUNDS = 100 if os.environ.get("LABELWRIGHT_SOAK") else 3
ARROW = {WHOLE: pa.int64(), NUMBER: pa.float64(), BOOL: pa.bool_(), TEXT: pa.string(), BYTES: pa.binary()}


def some_field(dice, name, depth=0):
    kind = dice.randrange(7) if depth < 3 else dice.randrange(5)
    if kind < 5:
        return Field(name, [WHOLE, NUMBER, BOOL, TEXT, BYTES][kind])
    if kind == 5:
        return Field(name, of=some_field(dice, "", depth + 1))
    return Field(name, fields=[some_field(dice, f"f{i}", depth + 1) for i in range(dice.randint(1, 3))])


def some_value(dice, field):
    if dice.random() < 0.2:
        return None
    if field.of is not None:
        return [some_value(dice, field.of) for _ in range(dice.randrange(4))]
    if field.fields:
        return {one.name: some_value(dice, one) for one in field.fields}
    makers = {
        WHOLE: lambda: dice.randint(-(2**62), 2**62),
        NUMBER: lambda: dice.uniform(-1e6, 1e6),
        BOOL: lambda: dice.random() < 0.5,
        TEXT: lambda: "é" * dice.randrange(4) + str(dice.randrange(3)),
        BYTES: lambda: dice.randbytes(dice.randrange(40)),
    }
    return makers[field.kind]()


def arrow(field):
    if field.of is not None:
        return pa.list_(arrow(field.of))
    return pa.struct([(one.name, arrow(one)) for one in field.fields]) if field.fields else ARROW[field.kind]


def cases(count):
    for seed in range(count):
        dice = random.Random(seed)
        fields = [some_field(dice, f"c{i}") for i in range(dice.randint(1, 5))]
        yield dice, fields, [{f.name: some_value(dice, f) for f in fields} for _ in range(dice.choice([0, 1, 7, 300]))]


@pytest.mark.parametrize("packing", ["none", "snappy", "gzip", "brotli", "zstd"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_what_pyarrow_writes_is_read(packing, version):
    for dice, fields, rows in cases(ROUNDS):
        table = pa.Table.from_pylist(rows, schema=pa.schema([(f.name, arrow(f)) for f in fields]))
        file = io.BytesIO()
        pq.write_table(
            table,
            file,
            compression=packing,
            data_page_version=version,
            use_dictionary=dice.random() < 0.5,
            row_group_size=max(1, len(rows) // 2),
            data_page_size=500,
        )
        assert list(ParquetReader(io.BytesIO(file.getvalue())).records()) == table.to_pylist()


def test_what_is_written_pyarrow_reads():
    for dice, fields, rows in cases(ROUNDS * 5):
        file = io.BytesIO()
        writer = ParquetWriter(file, fields, {})
        for row in rows:
            writer.add(row)
            if dice.random() < 0.02:
                writer.flush()
        writer.close()
        assert pq.read_table(io.BytesIO(file.getvalue())).to_pylist() == rows
