// Written by "millrace types" and written again by it: changes here are lost.
declare module 'millrace' {
  /** A value that JSON can hold. */
  type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

  /** Every asset: its rows as they are read, as they are yielded, and the assets it reads. Filled in by `millrace types`. */
  interface Assets {}

  /** The vars of millrace.yaml. Filled in by `millrace types`. */
  interface Vars {}

  type AssetName = [keyof Assets] extends [never] ? string : keyof Assets & string

  type UnknownRow = Record<string, unknown>
  type Part<N, P extends string, Otherwise> = N extends keyof Assets
    ? Assets[N] extends { [K in P]: infer T }
      ? T
      : Otherwise
    : Otherwise

  /** A row of an asset, as it is read. */
  type Row<N extends AssetName> = Part<N, 'row', UnknownRow>

  /** A row of an asset, as it is yielded: exactly these fields, `null` where there is no value. */
  type NewRow<N extends AssetName> = Part<N, 'yields', UnknownRow>

  /** What the function of an asset returns: `async function* (ctx: Context<'a.b'>): Rows<'a.b'>`. */
  type Rows<N extends AssetName> = AsyncGenerator<NewRow<N> | readonly NewRow<N>[], void, undefined>

  /** The names an asset may read: what its `inputs:` declare. */
  type Inputs<N extends AssetName> = Part<N, 'inputs', AssetName> & AssetName

  type ColumnName<I extends AssetName> = keyof Row<I> & string

  type InputOptions<I extends AssetName> = Readonly<{
    /** Only these columns. */
    columns?: readonly ColumnName<I>[]
    /** Rows sorted by these columns, upwards. */
    orderBy?: readonly ColumnName<I>[]
    /** Only rows whose event time lies in `[start, end)`. `ctx.interval` may be given as it is; null: all rows. */
    interval?: Readonly<{ start: Date | string; end: Date | string }> | null
    /** Integers of 64 bits and more come as `bigint`. Without it one beyond 2^53 is an error. */
    bigints?: boolean
  }>

  type Wide<I extends AssetName> = Part<I, 'wide', Row<I>>
  type Read<I extends AssetName, O> = Chosen<O extends { bigints: true } ? Wide<I> : Row<I>, O>
  type Chosen<R, O> = O extends { columns: readonly (infer C)[] } ? Pick<R, C & keyof R> : R

  /** Columns of some thousand rows: `columns.level[i]` belongs to the same row as `columns.device_id[i]`. */
  type Batch<R> = Readonly<{ rows: number; columns: { readonly [C in keyof R]: readonly R[C][] } }>

  /** What the function of an asset is given. `N` is the asset's own name. */
  interface Context<N extends AssetName = AssetName> {
    readonly asset: string
    /** The range of event time to build, `[start, end)`; null where the asset is built as a whole. */
    readonly interval: Readonly<{ start: Date; end: Date }> | null
    /** The project's time zone, an IANA name. The process itself runs in UTC. */
    readonly timezone: string
    readonly vars: [keyof Vars] extends [never] ? Readonly<Record<string, Json>> : Readonly<Vars>
    /** Rows of an input, one by one. */
    input<I extends Inputs<N>, const O extends InputOptions<I>>(name: I, options?: O): AsyncIterable<Read<I, O>>
    /** Rows of an input as columns, for speed. */
    batches<I extends Inputs<N>, const O extends InputOptions<I>>(
      name: I,
      options?: O,
    ): AsyncIterable<Batch<Read<I, O>>>
    readonly log: Readonly<{
      debug(...parts: unknown[]): void
      info(...parts: unknown[]): void
      warn(...parts: unknown[]): void
      error(...parts: unknown[]): void
    }>
    /** Reports a number of this step, kept with the run. Of one name the last value counts. */
    metric(name: string, value: number): void
    /** Aborted when the step is stopped: a moment remains for cleaning up. */
    readonly signal: AbortSignal
  }

  interface Vars {
    silent_after_hours: number
    refill_within_hours: number
    full_percent: number
  }

  interface Assets {
    /** Customers, the tenants of this project */
    "raw.customers": {
      row: {
        customer_id: number
        name: string | null
        locale: string | null
        timezone: string | null
        country: string | null
      }
    }
    /** What hangs where: door counters, soap and paper dispensers */
    "raw.devices": {
      row: {
        device_id: number
        washroom_id: number | null
        kind: string | null
        model: string | null
        /** What a full one holds. Empty for counters */
        capacity: number | null
        capacity_unit: string | null
        installed_at: Date | null
      }
    }
    /** Every reading as the device sent it, in the order it arrived */
    "raw.readings": {
      row: {
        /** Number in order of arrival */
        id: number
        /** Who sent it */
        device_id: number
        /** The device's own clock when it measured; of a counter, when the five minutes it counted ended */
        read_at: Date
        /** Our clock when the message arrived */
        received_at: Date
        /** Counters only. People who came in during five minutes */
        people_in: number | null
        /** Counters only. People who left during five minutes */
        people_out: number | null
        /** Dispensers only. Percent by firmware 2; ml or mm by firmware 3 */
        level: number | null
        battery_mv: number | null
        firmware: string | null
      }
      wide: {
        /** Number in order of arrival */
        id: bigint
        /** Who sent it */
        device_id: number
        /** The device's own clock when it measured; of a counter, when the five minutes it counted ended */
        read_at: Date
        /** Our clock when the message arrived */
        received_at: Date
        /** Counters only. People who came in during five minutes */
        people_in: number | null
        /** Counters only. People who left during five minutes */
        people_out: number | null
        /** Dispensers only. Percent by firmware 2; ml or mm by firmware 3 */
        level: number | null
        battery_mv: number | null
        firmware: string | null
      }
    }
    /** Buildings of a customer */
    "raw.sites": {
      row: {
        site_id: number
        customer_id: number | null
        name: string | null
        kind: string | null
      }
    }
    /** Rooms of a site */
    "raw.washrooms": {
      row: {
        washroom_id: number
        site_id: number | null
        name: string | null
        floor: number | null
      }
    }
    /** Readings made comparable. Sent twice: the first arrival counts. Clocks that run ahead are put right: nothing can arrive before it was measured, so the smallest delay of a device within six hours, where it is below zero, says how far its clock is ahead. (A clock that is behind looks just like a late delivery; marts.device_health reports it.) Levels are percent whatever the firmware sends. Values that cannot be are set aside with their reason. */
    "staging.readings": {
      row: {
        /** Number of the raw reading */
        reading_id: number
        device_id: number
        /** Owner of the site the device hangs in */
        customer_id: number | null
        /** Where it hangs */
        washroom_id: number | null
        /** door_counter, soap or paper */
        kind: string | null
        /** When it was measured, clock corrected */
        read_at: Date
        /** What the device's clock said */
        device_read_at: Date | null
        /** When the message arrived */
        received_at: Date | null
        /** By how much the device's clock was taken to be ahead */
        clock_ahead_seconds: number | null
        people_in: number | null
        people_out: number | null
        /** Percent of a full dispenser; a little beyond 0 and 100 is a sensor's tolerance */
        level: number | null
        /** The level as it was sent, in the firmware's own unit */
        sent_level: number | null
        battery_mv: number | null
        firmware: string | null
      }
      wide: {
        /** Number of the raw reading */
        reading_id: bigint
        device_id: number
        /** Owner of the site the device hangs in */
        customer_id: number | null
        /** Where it hangs */
        washroom_id: number | null
        /** door_counter, soap or paper */
        kind: string | null
        /** When it was measured, clock corrected */
        read_at: Date
        /** What the device's clock said */
        device_read_at: Date | null
        /** When the message arrived */
        received_at: Date | null
        /** By how much the device's clock was taken to be ahead */
        clock_ahead_seconds: number | null
        people_in: number | null
        people_out: number | null
        /** Percent of a full dispenser; a little beyond 0 and 100 is a sensor's tolerance */
        level: number | null
        /** The level as it was sent, in the firmware's own unit */
        sent_level: number | null
        battery_mv: number | null
        firmware: string | null
      }
    }
    /** Five minutes at a door. A counter that repeats the same count, not zero, through the whole hour that follows is frozen: its counts are left out, so that they don't pass for visits. */
    "staging.door_counts": {
      row: {
        reading_id: number
        device_id: number | null
        customer_id: number
        washroom_id: number
        /** Middle of the five minutes, so that clocks some seconds off don't move counts to another hour */
        counted_at: Date
        /** Empty where the counter was frozen */
        people_in: number | null
        people_out: number | null
        /** The counter only repeats itself */
        frozen: boolean
      }
      wide: {
        reading_id: bigint
        device_id: number | null
        customer_id: number
        washroom_id: number
        /** Middle of the five minutes, so that clocks some seconds off don't move counts to another hour */
        counted_at: Date
        /** Empty where the counter was frozen */
        people_in: number | null
        people_out: number | null
        /** The counter only repeats itself */
        frozen: boolean
      }
    }
    /** Levels of dispensers, one device's after another's in time, as the filter of marts.fill_level reads them */
    "staging.levels": {
      row: {
        reading_id: number
        device_id: number
        customer_id: number
        washroom_id: number
        kind: string | null
        /** When it was measured, clock corrected */
        read_at: Date
        /** Percent */
        level: number
        /** As it was sent; a frozen sensor repeats it to the last digit */
        sent_level: number
      }
      wide: {
        reading_id: bigint
        device_id: number
        customer_id: number
        washroom_id: number
        kind: string | null
        /** When it was measured, clock corrected */
        read_at: Date
        /** Percent */
        level: number
        /** As it was sent; a frozen sensor repeats it to the last digit */
        sent_level: number
      }
    }
    /** Visits per washroom and hour. Windows that are missing or frozen are filled up in proportion to those that were counted, and coverage tells how much of the hour that was. */
    "marts.traffic_hourly": {
      row: {
        /** Owner of the washroom */
        customer_id: number
        /** Washroom */
        washroom_id: number
        /** Beginning of the hour */
        hour: Date
        /** People who came in */
        visits: number
        /** People who left */
        people_out: number | null
        /** Share of the hour's twelve windows that were counted */
        coverage: number | null
      }
    }
    /** What is really in every dispenser at every reading, by a Kalman filter per device that knows how many people came by, finds refills as change points, doesn't listen to frozen sensors and takes drift off (algorithms/fill-filter.ts explains it). A filter carries its past forward, so a late row changes all that comes after it: the table is made anew whenever levels or traffic change. */
    "marts.fill_level": {
      row: {
        /** The reading it belongs to */
        reading_id: number
        device_id: number
        customer_id: number
        washroom_id: number
        kind: string | null
        read_at: Date
        /** What the sensor said, percent */
        measured: number | null
        /** What is in it, percent */
        level: number
        /** Standard deviation of level, percent */
        level_sd: number | null
        /** Percent that one visit takes */
        per_visit: number | null
        /** Refilled since the reading before */
        refill: boolean | null
        /** Percent filled in */
        added: number | null
        /** False where the reading was taken for an outlier or a frozen sensor */
        believed: boolean | null
        /** What the sensor was found to be off by after refills, percent */
        sensor_error: number | null
      }
      wide: {
        /** The reading it belongs to */
        reading_id: bigint
        device_id: number
        customer_id: number
        washroom_id: number
        kind: string | null
        read_at: Date
        /** What the sensor said, percent */
        measured: number | null
        /** What is in it, percent */
        level: number
        /** Standard deviation of level, percent */
        level_sd: number | null
        /** Percent that one visit takes */
        per_visit: number | null
        /** Refilled since the reading before */
        refill: boolean | null
        /** Percent filled in */
        added: number | null
        /** False where the reading was taken for an outlier or a frozen sensor */
        believed: boolean | null
        /** What the sensor was found to be off by after refills, percent */
        sensor_error: number | null
      }
      yields: {
        /** The reading it belongs to */
        reading_id: number | bigint
        device_id: number
        customer_id: number
        washroom_id: number
        kind: string | null
        read_at: Date | string
        /** What the sensor said, percent */
        measured: number | null
        /** What is in it, percent */
        level: number
        /** Standard deviation of level, percent */
        level_sd: number | null
        /** Percent that one visit takes */
        per_visit: number | null
        /** Refilled since the reading before */
        refill: boolean | null
        /** Percent filled in */
        added: number | null
        /** False where the reading was taken for an outlier or a frozen sensor */
        believed: boolean | null
        /** What the sensor was found to be off by after refills, percent */
        sensor_error: number | null
      }
      inputs: "marts.traffic_hourly" | "staging.levels"
    }
    /** How every device did on every day. Silent: nothing heard for longer than silent_after_hours. Stuck: the same value time after time, or nobody counted in hours that are busy here and were busy next door. Drifting: what a level sensor says after refills has moved away from full, or a door counts other numbers in than out. Clock: ahead, by the correction staging made; behind, where even the quickest message of three days seems to have come late. */
    "marts.device_health": {
      row: {
        customer_id: number
        washroom_id: number | null
        device_id: number
        kind: string | null
        /** Beginning of the local day, as a time */
        day: Date
        /** Readings of that day that could be used */
        readings: number | null
        /** Hours without a word */
        silent_hours: number | null
        /** Hours in which it only repeated itself */
        stuck_hours: number | null
        /** How far off it is by now; empty if that cannot be said */
        drift_percent: number | null
        /** Minutes its clock is ahead; negative: behind */
        clock_minutes: number | null
        /** Last battery voltage of the day */
        battery_mv: number | null
        /** The worst of it */
        status: string | null
      }
      wide: {
        customer_id: number
        washroom_id: number | null
        device_id: number
        kind: string | null
        /** Beginning of the local day, as a time */
        day: Date
        /** Readings of that day that could be used */
        readings: bigint | null
        /** Hours without a word */
        silent_hours: number | null
        /** Hours in which it only repeated itself */
        stuck_hours: number | null
        /** How far off it is by now; empty if that cannot be said */
        drift_percent: number | null
        /** Minutes its clock is ahead; negative: behind */
        clock_minutes: number | null
        /** Last battery voltage of the day */
        battery_mv: number | null
        /** The worst of it */
        status: string | null
      }
    }
    /** When each dispenser will be empty if nobody refills it: its latest level, what a visit takes from it, and the visits to expect, hour by hour of the week, from the last four weeks. Latest state of every dispenser. */
    "marts.hours_until_empty": {
      row: {
        customer_id: number
        washroom_id: number | null
        device_id: number
        kind: string | null
        /** End of the last hour there is traffic for */
        as_of: Date | null
        read_at: Date | null
        /** Percent left at as_of */
        level: number | null
        /** How sure that is, percent */
        level_sd: number | null
        /** Percent that one visit takes */
        per_visit: number | null
        /** Hours from as_of; none if it lasts beyond two weeks */
        hours_until_empty: number | null
        /** The same as a time */
        empty_at: Date | null
      }
    }
    /** Every time a dispenser was refilled, as the filter of marts.fill_level found it */
    "marts.refills": {
      row: {
        customer_id: number
        washroom_id: number | null
        device_id: number
        kind: string | null
        /** First reading after the refill */
        refilled_at: Date
        /** Percent that was left */
        level_before: number | null
        /** Percent by the sensor after the refill, drift included */
        level_after: number | null
        /** Percent that was filled in */
        added: number | null
      }
    }
    /** One row per washroom for the app's first screen. How busy today, what has to be refilled when, and whether its sensors are well */
    "marts.washroom_status": {
      row: {
        customer_id: number
        washroom_id: number
        site_id: number | null
        site: string | null
        washroom: string | null
        /** End of the last hour there is traffic for */
        as_of: Date
        /** Visits of the local day so far */
        visits_today: number | null
        /** Visits by this time of day, mean of the same weekday in the last four weeks */
        visits_usual: number | null
        /** Percent in the dispenser with the least */
        lowest_level: number | null
        /** When the first dispenser will be empty */
        next_empty_at: Date | null
        /** Those that will be empty within refill_within_hours */
        dispensers_to_refill: number | null
        /** Devices whose last day was not ok */
        devices_unwell: number | null
        /** What to do first */
        status: string | null
      }
      wide: {
        customer_id: number
        washroom_id: number
        site_id: number | null
        site: string | null
        washroom: string | null
        /** End of the last hour there is traffic for */
        as_of: Date
        /** Visits of the local day so far */
        visits_today: bigint | null
        /** Visits by this time of day, mean of the same weekday in the last four weeks */
        visits_usual: bigint | null
        /** Percent in the dispenser with the least */
        lowest_level: number | null
        /** When the first dispenser will be empty */
        next_empty_at: Date | null
        /** Those that will be empty within refill_within_hours */
        dispensers_to_refill: bigint | null
        /** Devices whose last day was not ok */
        devices_unwell: bigint | null
        /** What to do first */
        status: string | null
      }
    }
  }
}
