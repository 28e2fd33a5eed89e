import childProcess from 'node:child_process'
import events from 'node:events'
import fs from 'node:fs'
import fsPromises from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import timers from 'node:timers'
import url from 'node:url'
import util from 'node:util'

type ObjectState = Readonly<{
  extensible: boolean
  properties: ReadonlyMap<PropertyKey, PropertyDescriptor>
}>

/** What all modules of a process share, as it was before an author's code ran. */
export type SharedState = ReadonlyMap<object, ObjectState>

export function sharedState(): SharedState {
  return new Map(
    [...sharedObjects()].map((object) => [
      object,
      { extensible: Object.isExtensible(object), properties: propertiesOf(object) },
    ]),
  )
}

/** The first thing that differs from `before`, in words; null where nothing does. */
export function changedShared(before: SharedState): string | null {
  for (const [object, state] of before) {
    const now = propertiesOf(object)
    const changed = [...state.properties.keys(), ...now.keys()].find(
      (key) => !IGNORED.has(key) && !isSame(object, state.properties.get(key), now.get(key)),
    )
    if (changed !== undefined) return `it changed the global ${String(changed)}`
    if (Object.isExtensible(object) !== state.extensible) return 'it froze a global'
  }
  return null
}

/** Modules of Node that code likes to patch. Loaded anyway, so that looking at them costs no start. */
const MODULES: readonly object[] = [childProcess, events, fs, fsPromises, os, path, timers, url, util]

/** Prototypes no global names. */
const HIDDEN: readonly object[] = [
  Object.getPrototypeOf(Uint8Array),
  Object.getPrototypeOf(Uint8Array.prototype),
  Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())),
  Object.getPrototypeOf(function* () {}),
  Object.getPrototypeOf(async () => {}),
  Object.getPrototypeOf(async function* () {}),
]

/** Every global there is, and its prototype. Accessors are left alone: reading one may load a module. */
function sharedObjects(): Set<object> {
  const globals = Object.values(Object.getOwnPropertyDescriptors(globalThis))
    .map((descriptor): unknown => descriptor.value)
    .filter(isObject)
  return new Set<object>([
    ...[globalThis, process, Buffer, Buffer.prototype],
    ...globals.flatMap((value) => {
      const prototype: unknown = Object.getOwnPropertyDescriptor(value, 'prototype')?.value
      return isObject(prototype) ? [value, prototype] : [value]
    }),
    ...HIDDEN,
    ...MODULES,
  ])
}

const isObject = (value: unknown): value is object =>
  typeof value === 'function' || (typeof value === 'object' && value !== null)

function propertiesOf(object: object): Map<PropertyKey, PropertyDescriptor> {
  const descriptors = Object.getOwnPropertyDescriptors(object) as Record<PropertyKey, PropertyDescriptor>
  return new Map(Reflect.ownKeys(descriptors).map((key) => [key, descriptors[key] as PropertyDescriptor]))
}

function isSame(
  object: object,
  before: PropertyDescriptor | undefined,
  now: PropertyDescriptor | undefined,
): boolean {
  if (before === undefined || now === undefined) return before === now
  if (before.get !== now.get && before.get !== undefined && now.get === undefined)
    // Node's lazy globals (ReadableStream, for one) become values at their first use.
    return Object.is(before.get.call(object), now.value)
  return Object.is(before.value, now.value) && before.get === now.get && before.set === now.set
}

/** Properties Node itself changes as it goes along. */
const IGNORED: ReadonlySet<PropertyKey> = new Set([
  '_events',
  '_eventsCount',
  'exitCode',
  'env',
  'stdin',
  '_exiting',
])
