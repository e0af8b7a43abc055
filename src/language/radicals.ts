/**
 * U+2E80 to U+2EF3, CJK Radicals Supplement, as the ideograph each stands for; "?" where there is none. NFKC leaves all
 * but two of them alone, although fonts map glyphs of whole words to them ("⻑さ", "国⺠") and nobody types them.
 */
const supplement =
  '?厂乛乚乙亻冂几刀刂卜㔾小小兀尣尢尢巳幺彑彐忄㣺扌攵?旡日月歺母' +
  '民氵氺灬爫爫丬牛犭王疋目示礻竹糹纟罓罒网网网羊羊羊耂肀聿肉臼艹艹' +
  '艹虎衤覀西见角角讠贝足车辶辶辶邑钅長镸长门阜阝雨青韦页风飞食食飠' +
  '饣首马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟'

const radical = /[\u2e80-\u2ef3\u2f00-\u2fd5]/g

/** The ideograph that a radical (one UTF-16 code unit) stands for; anything else unchanged. */
export function ideographOf(character: string): string {
  // NFKC gives 戶; but the fonts that put a radical into Japanese text share its glyph with 戸 (the only one of the 214, in
  // Noto Sans and Serif CJK JP).
  if (character === '\u2f3e') return '戸'
  const code = character.charCodeAt(0)
  if (code >= 0x2f00 && code <= 0x2fd5) return character.normalize('NFKC')
  const found = supplement.charAt(code - 0x2e80)
  return found === '' || found === '?' ? character : found
}

/** Replaces CJK radicals by the ideographs they stand for, one code unit for one. */
export const foldRadicals = (text: string): string => text.replace(radical, ideographOf)
