import { strToU8, zipSync } from 'fflate'
import { sha256 } from '../../documents/hash'
import { dataCard } from './card'
import { requirements, trainingScript } from './recipe'
import { trainedOn, trainingReadme, type DataFile } from './readme'
import type { TrainingPack } from './training-pack'

/** A file of the pack. */
export interface PackFile {
  path: string
  text: string
}

const jsonLines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('')

/**
 * The files of a training pack: data as JSON Lines, ready for PEFT, the program that trains with what it needs, an explanation, a card of the data, and a manifest
 * with the checksum of each. The data holds text of the documents: whoever gets the pack can read it.
 */
export async function packFiles(pack: TrainingPack): Promise<PackFile[]> {
  const texts = pack.paraphrases.flatMap(({ passage, texts: all }) =>
    all.map((text) => ({ text, kind: 'paraphrase', passage })),
  )
  const data = [
    { path: 'supervised.jsonl', rows: pack.supervised as readonly object[] },
    { path: 'raft.jsonl', rows: pack.raft as readonly object[] },
    { path: 'paraphrases.jsonl', rows: texts as readonly object[] },
  ].filter(({ rows }) => rows.length > 0)
  const told = data.map(({ path, rows }): DataFile => ({ path, rows: rows.length }))
  const files: PackFile[] = [
    ...data.map(({ path, rows }) => ({ path, text: jsonLines(rows) })),
    { path: 'train.py', text: trainingScript(pack.recipe, trainedOn(told)) },
    { path: 'requirements.txt', text: `${requirements.join('\n')}\n` },
    { path: 'README.md', text: trainingReadme(pack, told) },
    { path: 'CARD.md', text: dataCard(pack, told) },
  ]
  const checksums = await Promise.all(files.map(async ({ path, text }) => [path, await sha256(text)]))
  const manifest = {
    fumikura: 'training-pack',
    version: 1,
    recipe: pack.recipe,
    set: pack.set,
    split: pack.split,
    raft: pack.raftOptions,
    paraphraser: pack.paraphraser,
    sha256: Object.fromEntries(checksums) as object,
  }
  return [...files, { path: 'manifest.json', text: `${JSON.stringify(manifest, null, 2)}\n` }]
}

/** The pack as a zip archive; the same pack gives the same bytes. */
export async function zipPack(pack: TrainingPack): Promise<Uint8Array<ArrayBuffer>> {
  const files = await packFiles(pack)
  // A zip cannot tell a time before 1980; one fixed time keeps the archive reproducible.
  const options = { mtime: new Date(1980, 0, 1) }
  const entries = Object.fromEntries(files.map(({ path, text }) => [path, [strToU8(text), options] as const]))
  return zipSync(entries as Parameters<typeof zipSync>[0]) as Uint8Array<ArrayBuffer>
}
