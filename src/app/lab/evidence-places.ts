import { spansOf } from '../../documents/spans'
import type { Citation, Document, Page, Passage } from '../../domain'
import type { EvidenceAddress } from '../../lab/question-set'
import type { Database } from '../../storage/database'
import { getDocument } from '../../storage/documents'
import { getPage } from '../../storage/pages'
import { getPassages } from '../../storage/passages'

/** What stands at an address of evidence. */
export interface EvidencePlace {
  document: Document
  page: Page
  /** The characters of the address. */
  quote: string
}

/** What stands at an address; undefined where its document is not in the library, or has no such place. */
export async function placeOf(db: Database, address: EvidenceAddress): Promise<EvidencePlace | undefined> {
  const [document, page] = await Promise.all([
    getDocument(db, address.document),
    getPage(db, address.document, address.page),
  ])
  const quote = page?.text.slice(address.start, address.end)
  return document && page && quote ? { document, page, quote } : undefined
}

/** An address as a citation, which the reader shows on its page. */
export function citationOf(
  { page, start, end }: EvidenceAddress,
  { document, quote, ...place }: EvidencePlace,
): Citation {
  const { label } = place.page
  return {
    marker: 1,
    document: document.hash,
    documentName: document.name,
    passage: `${document.hash}/${page}/${start}-${end}`,
    quote,
    spans: [{ page, start, end }],
    headingPath: [],
    ...(label !== undefined && { pageLabel: label }),
  }
}

/** The passage that most of an address is in, and the characters of it that the address names. */
export interface PassageAround {
  passage: Passage
  start: number
  end: number
}

/** The passage around an address; undefined where there is none. */
export async function passageAround(db: Database, address: EvidenceAddress): Promise<PassageAround | undefined> {
  const around = (await getPassages(db, address.document)).flatMap((passage) => within(passage, address) ?? [])
  const length = ({ start, end }: PassageAround) => end - start
  return around.sort((one, other) => length(other) - length(one))[0]
}

/** Characters of a passage that an address names: from the first to behind the last. */
function within(passage: Passage, address: EvidenceAddress): PassageAround | undefined {
  const parts = passage.pieces.flatMap(({ at, page, start, length }) => {
    const from = Math.max(address.start, start)
    const to = Math.min(address.end, start + length)
    return page === address.page && from < to ? [{ from: at + from - start, to: at + to - start }] : []
  })
  if (parts.length === 0) return undefined
  return { passage, start: Math.min(...parts.map(({ from }) => from)), end: Math.max(...parts.map(({ to }) => to)) }
}

/** The addresses of some sentences of a passage; sentences that follow each other on a page are one. */
export function addressesOf(
  passage: Pick<Passage, 'document' | 'pieces' | 'sentences'>,
  isChosen: (sentence: number) => boolean,
): EvidenceAddress[] {
  const ranges: [start: number, end: number][] = []
  for (const [at, [start, end]] of passage.sentences.entries()) {
    if (!isChosen(at)) continue
    const last = ranges.at(-1)
    if (last && isChosen(at - 1)) last[1] = end
    else ranges.push([start, end])
  }
  return ranges.flatMap(([start, end]) =>
    spansOf(passage, start, end).map((span) => ({ document: passage.document, ...span })),
  )
}

export const sameAddress = (one: EvidenceAddress, other: EvidenceAddress): boolean =>
  one.document === other.document && one.page === other.page && one.start === other.start && one.end === other.end
