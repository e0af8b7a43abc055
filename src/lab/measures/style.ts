import { sentences } from '../../language/segment'

/** Ways of speaking that an adapter may teach and rules can tell. */
export type Style = 'gozaru' | 'keigo' | 'plain'

const closing = '[。．.!！?？」』）)\\s]*$'
const endings: Readonly<Record<Style, RegExp>> = {
  gozaru: new RegExp(
    `(?:で)?(?:ござる|ござった|ござろう|ござらぬ|ござり(?:ます|ました))(?:か|な|よ|ぞ|ね|が)?${closing}`,
    'u',
  ),
  keigo: new RegExp(
    `(?:です|ます|ました|でした|ません|ませんでした|でしょう|ましょう|ください|くださいませ|ございます|ございました|ございません)(?:か|ね|よ|が)?${closing}`,
    'u',
  ),
  plain: new RegExp(`(?:だ|である|だった|であった|ない|なかった|[うくすつぬふむゆるぐぶた])${closing}`, 'u'),
}

const citation = /(?:\s*[[［【]\d{1,3}[\]］】])+/gu

/**
 * Share of the sentences that end the way of a style, 0 to 1: 〜でござる, polite (です・ます), or plain (だ・である). Sentences
 * without a Japanese character (a formula, a name) are not counted; undefined when there is no other.
 */
export function styleAdherence(text: string, style: Style): number | undefined {
  const bare = text.replace(citation, '')
  const counted = sentences(bare, 'ja')
    .map(([start, end]) => bare.slice(start, end))
    .filter((sentence) => /[\u3041-\u30ff\u3400-\u9fff]/u.test(sentence))
  if (counted.length === 0) return undefined
  return counted.filter((sentence) => adheres(sentence, style)).length / counted.length
}

function adheres(sentence: string, style: Style): boolean {
  if (style === 'plain' && (endings.keigo.test(sentence) || endings.gozaru.test(sentence))) return false
  return endings[style].test(sentence)
}
