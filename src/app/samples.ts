import type { Language } from '../domain'
import { FumikuraError } from '../errors'

export interface SampleDocument {
  /** Path under samples/. */
  file: string
  /** The file's name in the library. */
  name: string
  title: string
  sha256: string
  bytes: number
  pages: number
}

/** A collection that comes with the page, with questions that it answers. */
export interface SampleCollection {
  id: string
  language: Language
  name: string
  intro: string
  documents: SampleDocument[]
  questions: string[]
}

const address = (file: string) => `${import.meta.env.BASE_URL}samples/${file}`

async function fetchOwn(file: string): Promise<Response> {
  try {
    const response = await fetch(address(file))
    if (response.ok) return response
  } catch {
    // Offline and not in the cache: the same as missing.
  }
  throw new FumikuraError('samplesMissing')
}

let listed: Promise<SampleCollection[]> | undefined

/**
 * The built-in collections; fetched once, and again only after it failed.
 * @throws FumikuraError samplesMissing
 */
export function listSamples(): Promise<SampleCollection[]> {
  listed ??= fetchList().catch((error: unknown) => {
    listed = undefined
    throw error
  })
  return listed
}

async function fetchList(): Promise<SampleCollection[]> {
  const response = await fetchOwn('samples.json')
  const { collections } = (await response.json()) as { collections: SampleCollection[] }
  return collections
}

/** @throws FumikuraError samplesMissing */
export async function fetchSample(document: SampleDocument): Promise<File> {
  const response = await fetchOwn(document.file)
  const blob = await response.blob()
  return new File([blob], document.name, { type: blob.type })
}
