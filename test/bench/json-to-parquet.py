"""Writes a file of JSON lines as Parquet with Snappy, as a delivery stream does: one argument each."""

import sys

import duckdb

source, target = sys.argv[1:]
duckdb.execute("SET threads = 2")
duckdb.execute(
    "COPY (SELECT * FROM read_json($source, format = 'newline_delimited', sample_size = -1))"
    " TO '%s' (FORMAT parquet, COMPRESSION snappy)" % target,
    {"source": source},
)
