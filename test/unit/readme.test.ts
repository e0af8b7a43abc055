import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

test.each(['README.md'])('every file that %s links to is there', (path) => {
  const links = [...readFileSync(path, 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = '']) => link)
  expect(links.length).toBeGreaterThan(10)
  expect(links.filter((link) => !existsSync(link))).toEqual([])
})

test('every test named in test/failures.md is there', () => {
  const rows = readFileSync('test/failures.md', 'utf8').matchAll(/(test\/[\w/.-]+\.ts)(?:: ([^|;]+))?/g)
  const missing = [...rows].filter(([, file = '', title = '']) => {
    return !existsSync(file) || !readFileSync(file, 'utf8').includes(title.trim())
  })
  expect(missing.map(([row]) => row)).toEqual([])
})
