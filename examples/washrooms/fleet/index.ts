export { type HistoryOptions, type HistoryOutcome, writeHistory } from './history.js'
export { injectBadBatch, renameReadingColumn, silenceDevices, undoBadBatch } from './incidents.js'
export { type LiveFleet, type LiveOptions, openLiveFleet, sendLive } from './live.js'
export {
  type FaultRates,
  type FleetOptions,
  type FleetSettings,
  fleetSettings,
  NO_FAULTS,
  USUAL_FAULTS,
} from './settings.js'
export { writeTruth } from './truth.js'
