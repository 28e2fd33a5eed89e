import type { Client } from 'pg'
import type { Park } from './park.js'

/** The hardware team's tables in the app's database, as their ingest service would have made them. */
export const HARDWARE_TABLES = `
create schema if not exists hardware;
create table hardware.customers (
  customer_id integer primary key, name text not null, locale text not null, timezone text not null, country text not null);
create table hardware.sites (
  site_id integer primary key, customer_id integer not null references hardware.customers, name text not null, kind text not null);
create table hardware.washrooms (
  washroom_id integer primary key, site_id integer not null references hardware.sites, name text not null, floor integer not null);
create table hardware.devices (
  device_id integer primary key, washroom_id integer not null references hardware.washrooms, kind text not null,
  model text not null, capacity double precision, capacity_unit text, installed_at timestamptz not null);
create table hardware.readings (
  id bigserial, device_id integer, read_at timestamptz, received_at timestamptz,
  people_in integer, people_out integer, level double precision, battery_mv integer, firmware text);
comment on column hardware.readings.read_at is 'The device''s own clock when it measured; of a counter, when the five minutes it counted ended';
comment on column hardware.readings.received_at is 'Our clock: when the message arrived';
comment on column hardware.readings.level is 'Firmware 2: percent. Firmware 3: ml of soap, mm of paper';
`

/** The simulator's own notes, which no asset reads: what it was asked for and how far it has sent. */
export const FLEET_TABLES = `
create schema if not exists fleet;
create table if not exists fleet.history (
  only_row boolean primary key default true check (only_row),
  settings jsonb not null, sent_until timestamptz not null, readings bigint not null);
create table if not exists fleet.silenced (device_id integer primary key);
create table if not exists fleet.incidents (
  name text primary key, at timestamptz not null, ids bigint[] not null);
`

/** The readings' columns in the order they are sent; names are looked up, since upstream may rename one. */
export async function readingColumns(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ attname: string }>(
    `select attname from pg_attribute
     where attrelid = 'hardware.readings'::regclass and attnum > 0 and not attisdropped order by attnum`,
  )
  return rows.map((row) => `"${row.attname.replaceAll('"', '""')}"`)
}

export async function insertPark(client: Client, park: Park): Promise<void> {
  await insert(
    client,
    'customers',
    park.customers.map((one) => [one.customerId, one.name, one.locale, one.timezone, one.country]),
  )
  await insert(
    client,
    'sites',
    park.sites.map((one) => [one.siteId, one.customerId, one.name, one.kind]),
  )
  await insert(
    client,
    'washrooms',
    park.washrooms.map((one) => [one.washroomId, one.siteId, one.name, one.floor]),
  )
  await insert(
    client,
    'devices',
    park.devices.map((one) => [
      one.deviceId,
      one.washroomId,
      one.kind,
      one.model,
      one.capacity,
      one.kind === 'door_counter' ? null : one.kind === 'soap' ? 'ml' : 'mm',
      new Date(one.installedAt).toISOString(),
    ]),
  )
}

type Cell = string | number | null

async function insert(client: Client, table: string, rows: readonly (readonly Cell[])[]): Promise<void> {
  const width = rows[0]?.length ?? 0
  const tuples = rows.map(
    (_, row) => `(${Array.from({ length: width }, (_, column) => `$${row * width + column + 1}`)})`,
  )
  await client.query(`insert into hardware.${table} values ${tuples}`, rows.flat())
}
