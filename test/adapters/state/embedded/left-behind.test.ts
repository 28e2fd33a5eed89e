import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { isRoot } from '../../../../src/adapters/state/embedded/account.js'
import { type Cluster, claimCluster } from '../../../../src/adapters/state/embedded/cluster.js'
import { leftBehind, noteHome } from '../../../../src/adapters/state/embedded/left-behind.js'
import { removeProject } from '../../../support/remove-project.js'

const clusters: Cluster[] = []
afterEach(() => {
  for (const { home, place } of clusters.splice(0)) {
    removeProject(dirname(home))
    for (const path of [place, `${place}.json`]) rmSync(path, { recursive: true, force: true })
  }
})

/** Root's server cannot get into a private temporary folder, so the data is outside. */
function newCluster(): Cluster {
  const cluster = claimCluster(join(mkdtempSync(join(tmpdir(), 'millrace-left-')), 'p', '.millrace'))
  clusters.push(cluster)
  noteHome(cluster)
  return cluster
}

const leftOf = ({ place }: Cluster) => leftBehind().filter((left) => left.place === place)

describe.runIf(isRoot())('data of root’s outside its home', () => {
  test('is left behind once its project is removed, or begun anew', () => {
    const cluster = newCluster()
    expect(leftOf(cluster)).toEqual([])
    rmSync(cluster.home, { recursive: true })
    expect(leftOf(cluster)).toEqual([
      { place: cluster.place, note: `${cluster.place}.json`, home: cluster.home, pid: null },
    ])
    const anew = claimCluster(cluster.home)
    clusters.push(anew)
    expect(leftOf(cluster)).toHaveLength(1)
    expect(leftOf(anew)).toEqual([])
  })

  test('is its project’s again after the first start of one that was moved', () => {
    const cluster = newCluster()
    const moved = join(dirname(dirname(cluster.home)), 'moved')
    renameSync(dirname(cluster.home), moved)
    expect(leftOf(cluster)).toHaveLength(1)
    noteHome({ ...cluster, home: join(moved, '.millrace') })
    expect(leftOf(cluster)).toEqual([])
  })

  test('that was removed takes its note with it when the next is written', () => {
    const cluster = newCluster()
    rmSync(cluster.place, { recursive: true })
    expect(leftOf(cluster)).toEqual([])
    newCluster()
    expect(existsSync(`${cluster.place}.json`)).toBe(false)
  })
})

test('data within its home needs no note', () => {
  const home = join(mkdtempSync(join(tmpdir(), 'millrace-left-')), '.millrace')
  mkdirSync(home)
  noteHome({ id: '000000000000', home, place: join(home, 'postgres') } as Cluster)
  expect(existsSync(join(home, 'postgres.json'))).toBe(false)
  rmSync(dirname(home), { recursive: true })
})
