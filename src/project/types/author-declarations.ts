/**
 * What src/index.ts exports to authors, as text that stands by itself: a project need not have Millrace among its
 * packages for its assets to be typed. A test keeps the two the same.
 */
export const AUTHOR_DECLARATIONS = `\
/** A value that JSON can hold. */
type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** Every asset: its rows as they are read, as they are yielded, and the assets it reads. Filled in by \`millrace types\`. */
interface Assets {}

/** The vars of millrace.yaml. Filled in by \`millrace types\`. */
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

/** A row of an asset, as it is yielded: exactly these fields, \`null\` where there is no value. */
type NewRow<N extends AssetName> = Part<N, 'yields', UnknownRow>

/** What the function of an asset returns: \`async function* (ctx: Context<'a.b'>): Rows<'a.b'>\`. */
type Rows<N extends AssetName> = AsyncGenerator<NewRow<N> | readonly NewRow<N>[], void, undefined>

/** The names an asset may read: what its \`inputs:\` declare. */
type Inputs<N extends AssetName> = Part<N, 'inputs', AssetName> & AssetName

type ColumnName<I extends AssetName> = keyof Row<I> & string

type InputOptions<I extends AssetName> = Readonly<{
  /** Only these columns. */
  columns?: readonly ColumnName<I>[]
  /** Rows sorted by these columns, upwards. */
  orderBy?: readonly ColumnName<I>[]
  /** Only rows whose event time lies in \`[start, end)\`. \`ctx.interval\` may be given as it is; null: all rows. */
  interval?: Readonly<{ start: Date | string; end: Date | string }> | null
  /** Integers of 64 bits and more come as \`bigint\`. Without it one beyond 2^53 is an error. */
  bigints?: boolean
}>

type Wide<I extends AssetName> = Part<I, 'wide', Row<I>>
type Read<I extends AssetName, O> = Chosen<O extends { bigints: true } ? Wide<I> : Row<I>, O>
type Chosen<R, O> = O extends { columns: readonly (infer C)[] } ? Pick<R, C & keyof R> : R

/** Columns of some thousand rows: \`columns.level[i]\` belongs to the same row as \`columns.device_id[i]\`. */
type Batch<R> = Readonly<{ rows: number; columns: { readonly [C in keyof R]: readonly R[C][] } }>

/** What the function of an asset is given. \`N\` is the asset's own name. */
interface Context<N extends AssetName = AssetName> {
  readonly asset: string
  /** The range of event time to build, \`[start, end)\`; null where the asset is built as a whole. */
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
`
