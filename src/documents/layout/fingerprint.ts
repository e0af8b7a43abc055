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
  hash.add(
    `${page.width.toFixed(1)} ${page.height.toFixed(1)} ${page.image} ${contents.inside} ${contents.begins} ${contents.goesOn}`,
  )
  hash.add(`${profile.bodySize} ${profile.sizes.join()} ${profile.titles} ${profile.depths.join()}`)
  for (const at of [page.number, 0]) {
    for (const [title, depth] of profile.outline.get(at) ?? []) {
      if (at > 0 || segments.some((segment) => foldTitle(segment.text) === title)) hash.add(`${depth} ${title}`)
    }
  }
  for (const item of page.items) {
    hash.add(item.text)
    hash.add(
      `${item.x0.toFixed(1)} ${item.y0.toFixed(1)} ${item.x1.toFixed(1)} ${item.y1.toFixed(1)} ${item.direction} ` +
        `${item.font === profile.bodyFont} ${item.heading ?? ''}`,
    )
  }
  segments.forEach((segment, at) => {
    if (running.has(segment)) hash.add(`running ${at}`)
    const broken = /[\p{L}\p{M}]+[-\u2010]$/u.exec(segment.text)?.[0].toLowerCase().replace('\u2010', '-')
    if (broken) for (const word of hyphenated) if (word.startsWith(broken)) hash.add(word)
  })
  return hash.hex()
}

/** 53 bits of a non-cryptographic hash (cyrb53): fingerprints are compared only between versions of one document. */
class Hash {
  private a = 0xdeadbeef
  private b = 0x41c6ce57

  add(text: string): void {
    for (let at = 0; at <= text.length; at++) {
      const code = at < text.length ? text.charCodeAt(at) : 0x1f
      this.a = Math.imul(this.a ^ code, 2654435761)
      this.b = Math.imul(this.b ^ code, 1597334677)
    }
  }

  hex(): string {
    const a = Math.imul(this.a ^ (this.a >>> 16), 2246822507) ^ Math.imul(this.b ^ (this.b >>> 13), 3266489909)
    const b = Math.imul(this.b ^ (this.b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
    return (4294967296 * (2097151 & b) + (a >>> 0)).toString(16).padStart(14, '0')
  }
}
