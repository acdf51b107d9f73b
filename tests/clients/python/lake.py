"""A scenario of s3fs's and pyarrow's, run by a Python that has them: files and tables below one bucket."""

from __future__ import annotations

import os

import pyarrow as pa
import s3fs
from pyarrow import dataset, fs, parquet

endpoint = os.environ["AWS_ENDPOINT_URL"]
MIB = 1024 * 1024

files = s3fs.S3FileSystem(endpoint_url=endpoint)
files.mkdir("lake")
with files.open("lake/a/b.txt", "w") as file:
    file.write("tom")
files.pipe("lake/big", b"x" * 12 * MIB)
assert files.info("lake/big")["size"] == 12 * MIB
assert files.cat("lake/big", start=MIB, end=MIB + 3) == b"xxx"
files.copy("lake/a/b.txt", "lake/a/c.txt")
files.mv("lake/a/c.txt", "lake/d.txt")
assert files.find("lake") == ["lake/a/b.txt", "lake/big", "lake/d.txt"]
assert files.cat("lake/d.txt") == b"tom"

arrow = fs.S3FileSystem(endpoint_override=endpoint.partition("//")[2], scheme="http", region="us-east-1")
table = pa.table({"number": list(range(100_000))})
parquet.write_table(table, "lake/numbers.parquet", filesystem=arrow)
assert parquet.read_table("lake/numbers.parquet", filesystem=arrow).equals(table)
dataset.write_dataset(table, "lake/set", format="parquet", filesystem=arrow)
assert dataset.dataset("lake/set", filesystem=arrow).count_rows() == 100_000
with arrow.open_output_stream("lake/stream") as stream:
    for _ in range(4):
        stream.write(b"y" * 6 * MIB)
assert arrow.get_file_info("lake/stream").size == 24 * MIB
arrow.delete_dir("lake/set")
assert [found.base_name for found in arrow.get_file_info(fs.FileSelector("lake"))] == [
    "a",
    "big",
    "d.txt",
    "numbers.parquet",
    "stream",
]
files.rm("lake", recursive=True)
assert not files.exists("lake")
print("done")
