import { foldTitle, type HeadingProfile } from './headings'
import type { PageContent } from './item'
import type { Contents } from './region'
import type { Segment } from './segments'

/** What of the rest of the document bears on the layout of one page. */
export interface PageContext {
  profile: HeadingProfile
  segments: readonly Segment[]
  running: ReadonlySet<Segment>
  hyphenated: ReadonlySet<string>
  contents: Contents
}

/**
 * Hash of everything that decides how a page is laid out: its items and where they stand, the document's sizes, which of
 * its lines run, the outline's entries for it and the hyphenated words it may break. Not its number: a page that only
 * moved is unchanged.
 */
export function fingerprintPage(page: PageContent, context: PageContext): string {
  const { profile, segments, running, hyphenated, contents } = context
  const hash = new Hash()
  hash.add(`${contents.inside} ${contents.begins} ${contents.goesOn} ${profile.fontsTell} ${page.image}`)
  hash.add(`${profile.bodySize} ${profile.sizes.join()} ${profile.titles} ${profile.depths.join()}`)
  for (const [title, depth] of profile.outline.get(page.number) ?? []) hash.add(`${depth} ${title}`)
  const anywhere = profile.outline.get(0)
  if (anywhere) {
    for (const { text } of segments) {
      const depth = anywhere.get(foldTitle(text))
      if (depth !== undefined) hash.add(`${depth} ${text}`)
    }
  }
  hash.addNumbers(page.width, page.height)
  for (const item of page.items) {
    hash.add(item.text)
    hash.addNumbers(item.x0, item.y0, item.x1, item.y1, item.direction, item.heading ?? 0)
    hash.addNumbers(item.font === profile.bodyFont ? 1 : 0)
  }
  segments.forEach((segment, at) => {
    if (running.has(segment)) hash.add(`running ${at}`)
    for (const word of wordsBrokenAt(segment.text, hyphenated)) hash.add(word)
  })
  return hash.hex()
}

/** The hyphenated words of the document that a line ending in a hyphen may be the first half of. */
function wordsBrokenAt(text: string, hyphenated: ReadonlySet<string>): string[] {
  if (!/[-\u2010]$/.test(text)) return []
  const half = /[\p{L}\p{M}]+[-\u2010]$/u.exec(text)?.[0].toLowerCase().replace('\u2010', '-')
  return half ? [...hyphenated].filter((word) => word.startsWith(half)) : []
}

/** 53 bits of a non-cryptographic hash (cyrb53): fingerprints are compared only between versions of one document. */
class Hash {
  private a = 0xdeadbeef
  private b = 0x41c6ce57

  add(text: string): void {
    for (let at = 0; at < text.length; at++) this.mix(text.charCodeAt(at))
    this.mix(-1)
  }

  /** To a tenth of a page unit. */
  addNumbers(...values: number[]): void {
    for (const value of values) this.mix(Math.round(10 * value))
  }

  private mix(value: number): void {
    this.a = Math.imul(this.a ^ value, 2654435761)
    this.b = Math.imul(this.b ^ value, 1597334677)
  }

  hex(): string {
    const a = Math.imul(this.a ^ (this.a >>> 16), 2246822507) ^ Math.imul(this.b ^ (this.b >>> 13), 3266489909)
    const b = Math.imul(this.b ^ (this.b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
    return (4294967296 * (2097151 & b) + (a >>> 0)).toString(16).padStart(14, '0')
  }
}
