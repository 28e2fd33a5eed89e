import type { AlertStore } from '../alert-store.js'
import { claimMessages, messages, settleMessages } from './alert-messages.js'
import {
  addSilence,
  causedAlerts,
  changeAlerts,
  endSilence,
  findAlert,
  findAlerts,
  looked,
  silencesAt,
} from './alerts.js'
import type { Database } from './database.js'
import { measured, releaseMoments, stepSamples } from './measured.js'
import type { Scope } from './scope.js'

export const alertStoreOf = (database: Database, scope: Scope): AlertStore => ({
  looked: () => looked(database, scope),
  change: (decide, options) => changeAlerts(database, scope, decide, options),
  alerts: (filter) => findAlerts(database, scope, filter),
  alert: (id) => findAlert(database, scope, id),
  caused: (id) => causedAlerts(database, scope, id),
  silences: (at) => silencesAt(database, scope, at),
  silence: (silence) => addSilence(database, scope, silence),
  unsilence: (id, at) => endSilence(database, scope, id, at),
  claimMessages: (request) => claimMessages(database, scope, request),
  settleMessages: (outcomes) => settleMessages(database, scope, outcomes),
  messages: (request) => messages(database, scope, request),
  measured: (request) => measured(database, scope, request),
  releaseMoments: (assets, limit) => releaseMoments(database, scope, assets, limit),
  stepSamples: (assets, limit) => stepSamples(database, scope, assets, limit),
})
