import type { DefaultTreeAdapterTypes as Tree } from 'parse5'

const words = (text: string): Set<string> => new Set(text.split(' '))

/** Elements whose content is no text of the document: programs, controls, embedded documents, pronunciation over kanji. */
const unread = words(
  'script style template noscript head nav svg iframe frame frameset object embed canvas audio video map ' +
    'select textarea button input datalist rt rp rtc annotation annotation-xml',
)

/** Elements that begin and end a block of their own; others stand within a line. */
export const containers = words(
  'html body p div section article main header footer aside address blockquote figure figcaption details summary hgroup ' +
    'form fieldset legend center li dt dd caption thead tbody tfoot tr td th hr search dialog',
)

export const attribute = (element: Tree.Element, name: string): string | undefined =>
  element.attrs.find((candidate) => candidate.name === name)?.value

const hiddenStyle = /(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\b/i
const unreadRoles = words('navigation menu menubar search')

/** Is this element's text something that a reader of the page sees as its content? */
export function isRead(element: Tree.Element): boolean {
  if (unread.has(element.tagName)) return false
  if (attribute(element, 'hidden') !== undefined || attribute(element, 'aria-hidden') === 'true') return false
  if (hiddenStyle.test(attribute(element, 'style') ?? '')) return false
  return !unreadRoles.has(attribute(element, 'role') ?? '') && !isBackLink(element)
}

/** The arrow at the end of a footnote that leads back to where it was cited. */
function isBackLink(element: Tree.Element): boolean {
  if (element.tagName !== 'a' || !attribute(element, 'href')?.startsWith('#')) return false
  const [only, ...others] = element.childNodes
  return others.length === 0 && only !== undefined && 'value' in only && /^[\u2191\u21a9]\ufe0e?$/u.test(only.value)
}
