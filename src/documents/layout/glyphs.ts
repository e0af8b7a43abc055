/** Characters as fonts write them and as people type them: folding that keeps every position, and the widths of glyphs. */

/**
 * U+2E80 to U+2EF3 (CJK Radicals Supplement) as unified ideographs, by Unicode's property Equivalent_Unified_Ideograph.
 * Fonts made by Chromium and macOS map 長 or 見 to these, and NFKC leaves them alone: 成⻑ would never match 成長. Where the
 * property names an ideograph outside the basic plane, a variant inside it stands here, because lengths have to be kept.
 */
const RADICALS_SUPPLEMENT =
  '冫厂乛乚乙亻冂几刀刂卜㔾小小兀尣尢尢巳幺彑彐忄心扌攵⺚旡日月歺母民氵氺灬爫爫丬牛犭王疋目示礻竹糹纟罓罒㓁冗网羊羊羊耂肀聿肉臼艹艹艹虎衤' +
  '覀西见角角讠贝足车辶辶辶邑钅長镸长门阜阝雨青韦页风飞食食飠饣首马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟'

/** Presentation forms of vertical writing (U+FE10, U+FE30 and on) as the punctuation of horizontal text. */
const VERTICAL_FORMS: ReadonlyMap<string, string> = new Map(
  [
    ...'︐，︑、︒。︓：︔；︕！︖？︗〖︘〗︙…︰‥︱—︲–︳＿︵（︶）︷｛︸｝︹〔︺〕︻【︼】︽《︾》︿〈﹀〉﹁「﹂」﹃『﹄』﹇［﹈］'.matchAll(
      /(.)(.)/gu,
    ),
  ].map(([, form, plain]) => [form!, plain!]),
)

const FOLDED = /[\u2e80-\u2fd5\ufe10-\ufe19\ufe30-\ufe48\u00a0\u2007\u202f]/g

/**
 * Radicals, vertical forms and hard spaces as plain characters, one for one: `foldGlyphs(text).length === text.length`.
 * Everything else (width, ligatures, compatibility characters) stays as printed; search normalises its own copy.
 */
export function foldGlyphs(text: string): string {
  return text.replace(FOLDED, (character) => {
    const code = character.charCodeAt(0)
    if (code < 0x2e80 || code === 0x2007 || code === 0x202f) return ' '
    if (code < 0x2f00) return RADICALS_SUPPLEMENT.charAt(code - 0x2e80) || character
    if (code < 0xfe00) return character.normalize('NFKC')
    return VERTICAL_FORMS.get(character) ?? character
  })
}

/** Ideographs, kana, CJK punctuation and full-width forms: text that is set without spaces. Takes a UTF-16 code unit. */
export function isCjk(code: number): boolean {
  return (
    (code >= 0x2e80 && code <= 0x9fff) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe10 && code <= 0xfe4f) ||
    (code >= 0xff00 && code <= 0xffef) ||
    (code >= 0xd840 && code <= 0xd88d)
  )
}

/** Hundredths of an em, midway between Times and Helvetica, of the printable ASCII characters from "!" on. */
const ASCII_WIDTHS =
  '30 38 53 53 86 78 20 33 33 44 57 26 33 26 28 53 53 53 53 53 53 53 53 53 53 28 28 57 57 57 50 97 70 66 69 72 64 58 75 72 30 44 ' +
  '70 59 86 72 75 61 75 66 60 61 72 69 94 70 69 61 28 28 28 47 53 33 50 53 47 53 50 30 53 52 25 25 50 25 80 52 53 53 53 34 45 28 52 ' +
  '49 72 50 49 46 40 22 40 56'

const asciiWidths = ASCII_WIDTHS.split(' ').map((hundredths) => Number(hundredths) / 100)

/**
 * How wide a UTF-16 code unit is set, in em, for dividing a run's rectangle. The real widths are in the font; these are
 * near enough to put a mark on the right word.
 */
export function glyphWidth(code: number): number {
  if (code === 0x20) return 0.26
  const ascii = asciiWidths[code - 0x21]
  if (ascii !== undefined) return ascii
  if ((code >= 0xff61 && code <= 0xff9f) || (code >= 0xd800 && code <= 0xdfff)) return 0.5
  if (isCjk(code) || code === 0x2014 || code === 0x2026) return 1
  return code === 0x2018 || code === 0x2019 ? 0.27 : 0.5
}

/** Sum of `glyphWidth` over text[start, end). */
export function textWidth(text: string, start = 0, end = text.length): number {
  let width = 0
  for (let at = start; at < end; at++) width += glyphWidth(text.charCodeAt(at))
  return width
}
