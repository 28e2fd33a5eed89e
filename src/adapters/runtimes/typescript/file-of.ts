import { relative, sep } from 'node:path'
import type { RuntimeRequest } from '../runtime.js'

/** The author's file as errors name it: relative to the project, with forward slashes. */
export function fileOf(request: RuntimeRequest): string {
  return relative(request.projectRoot, request.modulePath).split(sep).join('/')
}
