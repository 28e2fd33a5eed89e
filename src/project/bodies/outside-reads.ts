/** Parts of a table's name that say it is a file. */
export const FILE_NAME = /[/\\*]|\.(csv|tsv|parquet|json|jsonl|ndjson|txt|xlsx|db|duckdb)(\.(gz|zst))?$/i

/** Table functions that read what is no asset. */
export const READS_FILES =
  /^(read_|parquet_|st_read|sniff_csv$|glob$|.*_scan$|.*_scan_pushdown$|postgres_|mysql_|sqlite_|iceberg_|delta_|ducklake_)/

/** Table functions whose arguments name tables. */
export const HIDES_TABLES: ReadonlySet<string> = new Set(['query', 'query_table'])
