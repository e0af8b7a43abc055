import { readLexicon, type Lexicon } from './lexicon'

const address = (): URL => new URL('../../../models/starter/lexicon/lexicon.bin', import.meta.url)

/** Names this lexicon: in a built page its file bears a hash of its content. */
export const lexiconName = (): string => address().pathname.split('/').at(-1) ?? ''

/**
 * The soft lexicon that comes with the app (0.64 MB, kept for offline use with the rest of it). Rejects where it cannot be had
 * or is damaged; searching by words needs none.
 */
export async function fetchLexicon(): Promise<Lexicon> {
  const response = await fetch(address())
  if (!response.ok) throw new Error(`the soft lexicon: ${response.status}`)
  return readLexicon(await response.arrayBuffer())
}
