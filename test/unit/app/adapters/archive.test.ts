import { deflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { filesInArchive, unpack } from '../../../../src/app/adapters/archive'
import { AdapterUnusable, FileTooLarge } from '../../../../src/errors'
import { Random } from '../../../fixtures/random'
import { makeZip } from '../../../fixtures/zip'

const LIMIT = 1_000_000
const deflate = (bytes: Uint8Array) => deflateRawSync(bytes)
const text = 'weights '.repeat(1000)
const reasonOf = (error: unknown) => (error instanceof AdapterUnusable ? error.params['reason'] : error)

async function refused(archive: Uint8Array<ArrayBuffer>, limit = LIMIT): Promise<unknown> {
  try {
    for (const entry of filesInArchive(archive)) await unpack(archive, entry, limit)
  } catch (error) {
    return reasonOf(error)
  }
  return 'read'
}

/** Writes a 32-bit figure into the only entry of the archive's directory. */
function inDirectory(archive: Uint8Array<ArrayBuffer>, at: number, value: number, bytes: 2 | 4 = 4) {
  const view = new DataView(archive.buffer)
  const directory = view.getUint32(archive.length - 6, true)
  if (bytes === 4) view.setUint32(directory + at, value, true)
  else view.setUint16(directory + at, value, true)
  return archive
}

test.each([
  ['stored', undefined],
  ['deflated', deflate],
])('files that are %s come out as they went in', async (_, packing) => {
  const archive = makeZip({ 'a/b.txt': text, 'folder/': '', '文.bin': new Uint8Array([0, 1, 255]) }, packing)
  const [first, second, ...others] = filesInArchive(archive)
  expect([first?.name, second?.name, others]).toEqual(['a/b.txt', '文.bin', []])
  expect(new TextDecoder().decode(await unpack(archive, first!, LIMIT))).toBe(text)
  expect([...(await unpack(archive, second!, LIMIT))]).toEqual([0, 1, 255])
})

describe('refuses', () => {
  test.each(['../x', 'a/../../x', '/etc/x', '\\x', 'C:\\x', 'a\\..\\x', '..'])(
    'a path that leads outside: %s',
    (path) => {
      expect(() => filesInArchive(makeZip({ 'fine.txt': 'x', [path]: 'x' }))).toThrow(AdapterUnusable)
    },
  )

  test('not what only looks like one', () => {
    expect(filesInArchive(makeZip({ 'a..b/..c': 'x', 'C/D:': 'x' }))).toHaveLength(2)
  })

  test('a file that would unpack to more than it may have', async () => {
    expect(await refused(makeZip({ a: text }, deflate), 100)).toBeInstanceOf(FileTooLarge)
  })

  test('a bomb that tells less than it holds, without unpacking it', async () => {
    const bomb = makeZip({ a: new Uint8Array(5_000_000) }, deflate)
    expect(await refused(inDirectory(bomb, 24, 1000))).toBe('archive')
  })

  test.each([
    ['told larger than it is', 24, text.length + 1, 4],
    ['of another checksum', 16, 1, 4],
    ['packed in another way', 10, 9, 2],
    ['locked with a password', 8, 1, 2],
    ['begins elsewhere', 42, 5, 4],
    ['begins beyond the end', 42, 0xfffffff0, 4],
    ['reaches beyond the end', 20, 0x7fffffff, 4],
  ] as const)('a file that is %s', async (_, at, value, bytes) => {
    expect(await refused(inDirectory(makeZip({ a: text }, deflate), at, value, bytes))).toBe('archive')
  })

  test('what is no archive, or cut short', async () => {
    const whole = makeZip({ a: text }, deflate)
    for (let length = 0; length < whole.length; length++)
      expect(await refused(whole.slice(0, length)), `${length} bytes`).toBe('archive')
  })
})

test('a damaged archive is unpacked or refused in our own words', async () => {
  const whole = makeZip({ 'adapter_config.json': '{}', 'adapter_model.safetensors': text }, deflate)
  const random = new Random(3)
  const outcomes = new Set<unknown>()
  for (let round = 0; round < 400; round++) {
    const damaged = whole.slice()
    for (let count = random.integer(1, 4); count > 0; count--)
      damaged[random.integer(0, damaged.length - 1)] = random.integer(0, 255)
    const outcome = await refused(damaged)
    outcomes.add(outcome instanceof FileTooLarge ? 'too large' : outcome)
  }
  expect([...outcomes].sort()).toEqual(expect.arrayContaining(['archive']))
  for (const outcome of outcomes) expect(['read', 'archive', 'archivePath', 'too large']).toContain(outcome)
})
