import { SEVERITIES } from '../domain/check.js'
import type { Look } from './look.js'
import { bandSymptoms, budgetSymptoms } from './rules/band-rules.js'
import { deliverySymptoms } from './rules/delivery-rules.js'
import { projectSymptoms, reportSymptoms } from './rules/project-rules.js'
import { slowdownSymptoms } from './rules/slowdown-rules.js'
import { stepSymptoms } from './rules/step-rules.js'
import { scheduleSymptoms, stuckSymptoms } from './rules/time-rules.js'
import type { Symptom } from './symptom.js'

/** Everything that is wrong at the moment of looking, one symptom a key: the worst of those that share one. */
export function findSymptoms(look: Look): Symptom[] {
  const found = new Map<string, Symptom>()
  for (const symptom of RULES.flatMap((rule) => rule(look))) {
    const other = found.get(symptom.key)
    if (!other || rank(symptom) > rank(other)) found.set(symptom.key, symptom)
  }
  return [...found.values()]
}

const RULES: readonly ((look: Look) => Symptom[])[] = [
  projectSymptoms,
  stepSymptoms,
  budgetSymptoms,
  bandSymptoms,
  slowdownSymptoms,
  stuckSymptoms,
  scheduleSymptoms,
  deliverySymptoms,
  reportSymptoms,
]

const rank = ({ severity }: Symptom): number => SEVERITIES.indexOf(severity)
