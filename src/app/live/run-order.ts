import type { AssetName } from '../../domain/asset.js'
import type { Project } from '../../domain/project.js'

/**
 * What a run may touch, known before it is planned: rather too much than too little. `through`: inputs of views it
 * builds. What a view shows changes with them, so nobody may release them while the view is being judged.
 */
export type Touches = Readonly<{ builds: ReadonlySet<AssetName>; through: ReadonlySet<AssetName> }>

export const NOTHING: Touches = { builds: new Set(), through: new Set() }

/** Of a run of the selected assets; null: of all. Every view over them may be built too, released or not. */
export function touchesOf({ assets }: Project, selected: readonly AssetName[] | null): Touches {
  const builds = new Set(selected ?? assets.map(({ name }) => name))
  const views = assets.filter(({ materialize }) => materialize === 'view')
  for (const { name, inputs } of views) if (inputs.some((input) => builds.has(input))) builds.add(name)
  return {
    builds,
    through: new Set(views.flatMap(({ name, inputs }) => (builds.has(name) ? inputs : []))),
  }
}

/** The asset because of which two runs must not go side by side; null where there is none. Reading alone is no reason. */
export function collision(a: Touches, b: Touches): AssetName | null {
  for (const name of a.builds) if (b.builds.has(name)) return name
  for (const name of a.builds) if (b.through.has(name)) return name
  for (const name of a.through) if (b.builds.has(name)) return name
  return null
}

/** A run of the queue. Runs are in the order they came. */
export type Place = Readonly<{
  touches: Touches
  going: boolean
  /** Runs that it comes after, whatever they touch. */
  after: ReadonlySet<Place>
}>

/**
 * For whom each run waits; those with nobody may begin as soon as there is room.
 *
 * A run waits for everybody that goes on and collides with it. It also lets those go first that collide with it and came
 * before, but only once their own time has come: while such a run itself waits for somebody before it, a later one may
 * pass, for it would wait no shorter. From then on nobody passes it, so that it waits for those that are going and no more.
 */
export function waiting(places: readonly Place[]): ReadonlyMap<Place, readonly Place[]> {
  const before = places.map((place, index) =>
    places
      .slice(0, index)
      .filter((other) => place.after.has(other) || collision(other.touches, place.touches) !== null),
  )
  const isNext = new Set(places.filter((_, index) => before[index]!.length === 0))
  return new Map(
    places.flatMap((place, index) => {
      if (place.going) return []
      const earlier = before[index]!.filter(
        (other) => other.going || place.after.has(other) || isNext.has(other),
      )
      const passed = places
        .slice(index + 1)
        .filter((other) => other.going && collision(other.touches, place.touches) !== null)
      return [[place, [...earlier, ...passed]] as const]
    }),
  )
}
