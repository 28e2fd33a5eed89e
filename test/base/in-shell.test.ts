import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { inShell } from '../../src/base/in-shell.js'

test('a shell takes every word as it is, and plain ones stay plain', () => {
  const words = ['plain/path-1.json', "it's $HOME", '"quoted"', 'a\nb', '', '*', ';rm']
  const told = execFileSync('sh', ['-c', `printf '%s|' ${words.map(inShell).join(' ')}`], {
    encoding: 'utf8',
  })
  expect(told).toBe(words.map((word) => `${word}|`).join(''))
  expect(inShell('plain/path-1.json')).toBe('plain/path-1.json')
})
