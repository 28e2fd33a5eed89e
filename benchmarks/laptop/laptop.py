"""The laptop way: rows to pandas, compute there, copy the results back.

`simple` is what one writes first: read_sql and to_sql. `careful` moves rows with COPY and CSV instead. Prints the
seconds as JSON. Usage: laptop.py simple|careful URL
"""

import io
import json
import sys
import time

import pandas as pd
import psycopg2
import sqlalchemy

COLUMNS = "id, device_id, read_at, people_in, people_out, level"


def read_simple(url):
    with sqlalchemy.create_engine(url).connect() as connection:
        return pd.read_sql(f"select {COLUMNS} from hardware.readings", connection)


def read_careful(url):
    text = io.BytesIO()
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.copy_expert(f"copy (select {COLUMNS} from hardware.readings) to stdout (format csv, header)", text)
    text.seek(0)
    rows = pd.read_csv(text)
    rows["read_at"] = pd.to_datetime(rows["read_at"], utc=True, format="ISO8601")
    return rows


def compute(rows):
    clean = rows.drop_duplicates(["device_id", "read_at"])
    clean = clean[(clean.people_in >= 0) & (clean.people_in <= 1000)]
    hourly = (
        clean.assign(hour=clean.read_at.dt.floor("h"))
        .groupby(["device_id", "hour"], as_index=False)
        .agg(visits=("people_in", "sum"), people_out=("people_out", "sum"), readings=("id", "count"))
    )
    daily = (
        hourly.assign(day=hourly.hour.dt.date)
        .groupby(["device_id", "day"], as_index=False)
        .agg(visits=("visits", "sum"), busiest=("visits", "max"))
    )
    latest = clean.sort_values("read_at").groupby("device_id", as_index=False).tail(1)[["device_id", "read_at", "level"]]
    return {"hourly": hourly, "daily": daily, "latest": latest}


def check(results):
    assert results["hourly"].visits.ge(0).all()
    assert not results["hourly"].duplicated(["device_id", "hour"]).any()
    assert results["latest"].device_id.is_unique


def write_simple(url, results):
    with sqlalchemy.create_engine(url).begin() as connection:
        for name, rows in results.items():
            rows.to_sql(name, connection, schema="laptop", if_exists="replace", index=False, chunksize=10_000)


def write_careful(url, results):
    engine = sqlalchemy.create_engine(url)
    for name, rows in results.items():
        rows.head(0).to_sql(name, engine, schema="laptop", if_exists="replace", index=False)
        text = io.StringIO()
        rows.to_csv(text, index=False, header=False)
        text.seek(0)
        with psycopg2.connect(url) as connection, connection.cursor() as cursor:
            cursor.copy_expert(f"copy laptop.{name} from stdin (format csv)", text)


def main(way, url):
    # SQLAlchemy knows Postgres by its long name only.
    url = url.replace("postgres://", "postgresql://", 1)
    read, write = {"simple": (read_simple, write_simple), "careful": (read_careful, write_careful)}[way]
    began = time.perf_counter()
    rows = read(url)
    loaded = time.perf_counter()
    results = compute(rows)
    check(results)
    computed = time.perf_counter()
    write(url, results)
    ended = time.perf_counter()
    print(
        json.dumps(
            {
                "seconds": ended - began,
                "read": loaded - began,
                "compute": computed - loaded,
                "write": ended - computed,
                "rows": len(rows),
            }
        )
    )


main(*sys.argv[1:])
