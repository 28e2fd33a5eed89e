import type { Alert, AlertState, Silence } from '../../domain/alert.js'
import type { AssetName } from '../../domain/asset.js'

/**
 * Where alerts are remembered: their life, silences, and the messages on their way out. Messages are written in the
 * transaction that changes the alert, so that neither a crash nor a second process loses or doubles one.
 */
export interface AlertStore {
  /** Number of looks so far. A change that rests on a look names it: see `change`. */
  looked(): Promise<LookMark>
  /**
   * Reads what is kept, lets `decide` say what becomes of it, and writes that, with nobody else changing anything
   * meanwhile. `decide` may be called again after a lost connection. Returns its answer. The view has alerts that
   * were resolved since `resolvedSince`.
   */
  change<T extends AlertChange>(
    decide: (view: AlertView) => T,
    options: { resolvedSince: number },
  ): Promise<T>

  /** Newest first. */
  alerts(filter: AlertQuery): Promise<readonly Alert[]>
  alert(id: number): Promise<Alert | null>
  /** What the alert caused, the open ones first. */
  caused(id: number): Promise<readonly Alert[]>

  /** Those in force at `at`, the one that ends first before the others. */
  silences(at: number): Promise<readonly Silence[]>
  silence(silence: Omit<Silence, 'id'>): Promise<Silence>
  /** False if none of that number is in force. */
  unsilence(id: number, at: number): Promise<boolean>

  /**
   * Takes messages that are due for this process, for `leaseMs`: nobody else gets them before. Of one alert and
   * channel only the oldest is given. Attempts count those taken.
   */
  claimMessages(request: { now: number; limit: number; leaseMs: number }): Promise<readonly Outgoing[]>
  /** Says what became of claimed messages. */
  settleMessages(outcomes: readonly MessageOutcome[]): Promise<void>
  /** The latest messages, newest first, for people who ask what was sent. */
  messages(request: { alert: number | null; limit: number }): Promise<readonly SentMessage[]>

  /** Values of metrics of released steps by asset, each series oldest first. */
  measured(request: MeasuredRequest): Promise<ReadonlyMap<AssetName, readonly MeasuredSeries[]>>
  /** When each asset's rows changed, the latest `limit` moments, oldest first. */
  releaseMoments(
    assets: readonly AssetName[],
    limit: number,
  ): Promise<ReadonlyMap<AssetName, readonly number[]>>
  /** Released steps spread evenly over all runs that are kept, `limit` for each asset, oldest first. */
  stepSamples(
    assets: readonly AssetName[],
    limit: number,
  ): Promise<ReadonlyMap<AssetName, readonly StepSample[]>>
}

/** `run`: steps of runs up to it were looked at. */
export type LookMark = Readonly<{ looks: number; run: number }>

/** An alert and what only its keeping needs. */
export type KeptAlert = Readonly<{
  alert: Alert
  /** The state that was last told, or would have been were there anybody to tell; null: none yet. */
  told: Exclude<AlertState, 'pending'> | null
  /** When it was last seen. */
  seenAt: number
  /** How often the same trouble had come and gone within the hour before. */
  returns: number
}>

export type AlertView = Readonly<{
  looks: number
  /** Number of the next alert that is opened. */
  nextId: number
  /** Open ones, resolved ones that nobody was told about yet, and those resolved lately. */
  kept: readonly KeptAlert[]
  silences: readonly Silence[]
}>

export type AlertChange = Readonly<{
  /** New and changed alerts, whole. Events are only ever added. */
  kept: readonly KeptAlert[]
  messages: readonly NewMessage[]
  /** Set by a look. */
  look: LookMark | null
}>

export type AlertQuery = Readonly<{
  /** Null: the open ones. */
  states: readonly AlertState[] | null
  asset: AssetName | null
  limit: number
}>

/** `id` is the same for a message on every channel, and stable. `body` is what the notifier is given. */
export type NewMessage = Readonly<{
  id: string
  alert: number
  state: AlertState
  /** `alertChannelId` of where it goes. */
  channel: string
  at: number
  body: unknown
}>

export type Outgoing = NewMessage & Readonly<{ attempts: number }>

export type MessageOutcome = Readonly<{ id: string; channel: string; at: number }> &
  (
    | Readonly<{ kind: 'sent' }>
    | Readonly<{ kind: 'again'; error: string; nextAt: number }>
    | Readonly<{ kind: 'given_up'; error: string }>
  )

export type SentMessage = Readonly<{
  id: string
  alert: number
  state: AlertState
  channel: string
  at: number
  status: 'waiting' | 'sent' | 'given_up'
  attempts: number
  sentAt: number | null
  error: string | null
}>

export type MeasuredRequest = Readonly<{
  /** For each asset the run after which values are wanted; 0 for all. */
  after: ReadonlyMap<AssetName, number>
  /** Names, and `check:` for all that begin so. */
  metrics: readonly string[]
  /** Steps of each asset, the latest. */
  limit: number
}>
export type MeasuredSeries = Readonly<{
  metric: string
  points: readonly Readonly<{ run: number; at: number; value: number }>[]
}>
export type StepSample = Readonly<{ at: number; durationMs: number; rows: number | null }>
