/** Answers that can be told by their form, whatever the sentence around them says. */
export type Shape = 'money' | 'frequency' | 'duration' | 'deadline' | 'phone' | 'email' | 'address'

export interface Shaped {
  shape: Shape
  /** [start, end) in the text that was searched. */
  start: number
  end: number
}

/** What a question has to say for a shape to be wanted. */
const asking: [RegExp, Shape][] = [
  [
    /\bhow (?:often|frequently|regularly)\b|\b(?:at|in) what intervals?\b|\bhow many times (?:a|an|per|each|every)\b|\b(?:what is the )?frequency\b|頻度|(?:何|どの?くらい|どれ(?:くらい|だけ)?)[^。]{0,6}(?:ごと|おき|間隔)|(?:年|月|週|日|毎[年月週日])に?何[回度]|何(?:年|[かヶカ]月|週間?|日|時間)に(?:[一1１]|何)[回度]/iu,
    'frequency',
  ],
  [
    /\b(?:by|until) (?:when|what (?:date|day|time))\b|\bdeadline\b|\bdue\b|\bhow (?:soon|early|late|(?:far|long|many \w+) (?:in advance|before|ahead|beforehand))\b|\bhow much notice\b|いつまで|(?:何|どの?くらい|どれくらい)[^。]{0,4}(?:前|後|以内)(?:まで|に)|期限|締[めり]?切/iu,
    'deadline',
  ],
  [
    /\bhow long\b|\bfor how many\b|どの?(?:くらい|ぐらい)の(?:期間|時間|間)|期間は|何(?:年|[かヶカ]月|週|日|時)間/iu,
    'duration',
  ],
  [
    /いくら|金額|費用|料金|価格|賃料|手数料|\bhow much (?:is|are|was|were|does|do|did|must|money)\b|\b(?:price|cost|fee|rent|salary|deductible|budget)\b/iu,
    'money',
  ],
  [
    /\b(?:tele)?phone\b|\bhotline\b|\bfax\b|\b(?:number|line) (?:do|can|should|must) (?:I|we|you) (?:call|ring)\b|\bwho (?:do|can|should|must) (?:I|we|you|employees|staff) (?:contact|call|ring|reach|ask)\b|\bcontact details\b|電話|連絡先|問い?合わ?せ先|ＦＡＸ|FAX/iu,
    'phone',
  ],
  [
    /\be-?mail\b|\bwho (?:do|can|should|must) (?:I|we|you|employees|staff) (?:contact|write|reach|ask)\b|\bcontact details\b|メール|連絡先|問い?合わ?せ先/iu,
    'email',
  ],
  [/\b(?:postal |street |mailing )?address\b(?! (?:a|the) \w+ (?:issue|problem))|住所|所在地|宛先|送り先/iu, 'address'],
]

const count =
  '(?:\\d+(?:[.,]\\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|sixty|ninety|a|an|several|half an?)'
const period =
  '(?:second|minute|hour|(?:calendar |working |business )?day|shift|week|fortnight|month|quarter|season|term|year|decade)'
const adverb =
  '(?:hourly|daily|nightly|weekly|fortnightly|bi-?weekly|monthly|bi-?monthly|quarterly|half-yearly|semi-?annually|bi-?annually|annually|biennially|yearly)'
const digits = '[0-9０-９]+|[一二三四五六七八九十百]+'
const span = '(?:年|[かヶカケヵ箇]月|ヵ月|週間?|日間?|時間|分間?|秒)'

/** How each shape looks; English and Japanese side by side, since documents mix them. */
const forms: Record<Shape, RegExp> = {
  money:
    /(?:US)?[$£€¥￥]\s?\d[\d,]*(?:\.\d+)?(?:\s(?:million|billion))?|\d[\d,]*(?:\.\d+)?\s(?:dollars?|euros?|pounds?|yen|cents|pence)\b|(?:月額|日額|年額|時給|１?1?日)?[0-9０-９][0-9０-９,，]*(?:万|千|億)*円|[一二三四五六七八九十百千万]+円/giu,
  frequency: new RegExp(
    `(?:(?:at least|no more than|up to) )?(?:(?:once|twice|thrice|(?:${count}|three) times) )(?:a|an|per|each|every|in every|in each) (?:${count} )?${period}s?\\b` +
      `|\\b(?:on (?:a|an) )?${adverb}(?: basis)?\\b|\\b(?:on an )?annual basis\\b` +
      `|\\b(?:after )?(?:every|each) (?:other |second |third )?(?:${count} )?(?:operating |working |business |calendar )?(?:${period}s?|morning|evening|night|monday|tuesday|wednesday|thursday|friday|saturday|sunday|spring|summer|autumn|winter|january|june|december)\\b` +
      `|\\b(?:${count} )?times? per ${period}\\b` +
      `|毎(?:年|月|週|日|朝|晩|時|回|事業年度|四半期)(?:[0-9０-９一二三四五六七八九十]+月)?(?:に?(?:${digits})[回度])?|(?:年|月|週|日|[1１一]日|[1１一]年|[1１一]週間?|[1１一][かヶカ]月)に?(?:${digits})[回度]` +
      `|(?:${digits})${span}(?:ごと|毎|おき|に(?:${digits})[回度])|隔(?:年|月|週|日)|四半期(?:ごと|毎)`,
    'giu',
  ),
  duration: new RegExp(
    `(?:(?:at least|up to|about|no more than|at most) )?\\b${count}(?:[ -](?:to|or|–|-)[ -]?${count})?[ -](?:calendar |working |business |full |consecutive )?${period}s?\\b|(?:${digits})${span}`,
    'giu',
  ),
  deadline: new RegExp(
    `(?:at least|no later than|not later than|within|by|until|before|up to)?\\s?\\b${count} (?:calendar |working |business |full )?${period}s?(?:'|’)?(?: (?:before|in advance|ahead|prior|after|notice|beforehand)\\b)?` +
      `|\\b(?:by|until|before|no later than) (?:the )?(?:end of \\w+(?: \\w+)?|(?:\\d+(?:st|nd|rd|th)? )?(?:of )?(?:january|february|march|april|may|june|july|august|september|october|november|december)(?: \\d+(?:, \\d{4})?| \\d{4})?|noon|midnight|monday|tuesday|wednesday|thursday|friday|saturday|sunday|\\d+(?:st|nd|rd|th)(?: of (?:each|every|the) month)?|\\d+(?::\\d\\d)?(?: ?[ap]\\.?m\\.?)?)` +
      `|(?:${digits})${span}(?:以上)?前(?:まで)?|(?:${digits})${span}以内|(?:翌|当|毎)?(?:月|年|日|週)?(?:(?:${digits})(?:年|月|日|時)(?:末)?){1,4}まで|(?:翌|当|前)(?:月|日|年)(?:末日?|(?:${digits})日)?(?:まで)?`,
    'giu',
  ),
  phone:
    /(?<![\d.])\+?(?:\(\d{1,4}\)|\d{1,4})(?:[-–. ]\(?\d{2,4}\)?){1,3}[-–. ]?\d{2,4}(?:,? (?:ext\.?|extension) ?\d+)?|\bext(?:\.|ension) ?\d{2,5}\b|内線\s?[0-9０-９]{1,5}|[0０][0-9０-９]{1,4}[-－ー][0-9０-９]{1,4}[-－ー][0-9０-９]{3,4}/giu,
  email: /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/giu,
  address:
    /\d+[A-Za-z]? (?:\p{Lu}[\p{L}'’]+ ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Row|Square|Way|Drive|Boulevard|Quay|Yard|Court|Place|Hill)\b(?:, \p{Lu}[\p{L}]+(?: \p{Lu}[\p{L}]+)?)?(?:,? [A-Z]{1,2}\d[\dA-Z]? ?\d[A-Z]{2}|,? [A-Z]{2} \d{5})?|(?:〒\s?\d{3}-\d{4}\s*)?[\u4e00-\u9fff]{2,3}[都道府県][^\s、。（）]{2,24}?[0-9０-９一二三四五六七八九十]+(?:[-－丁目番地号][0-9０-９一二三四五六七八九十]*)*/gu,
}

/** The shapes that a question wants; none for most. A question for a date of payment does not want sums of money. */
export function shapesWanted(question: string, isForDate: boolean): Shape[] {
  const wanted = asking.filter(([pattern]) => pattern.test(question)).map(([, shape]) => shape)
  if (wanted.includes('frequency')) return ['frequency']
  if (wanted.includes('deadline')) return ['deadline']
  return isForDate ? wanted.filter((shape) => shape !== 'money') : wanted
}

/** Every stretch of `text` that has one of the shapes. */
export const findShapes = (text: string, shapes: Shape[]): Shaped[] =>
  shapes.flatMap((shape) =>
    [...text.matchAll(forms[shape])].map((match): Shaped => {
      const lead = match[0].length - match[0].trimStart().length
      return { shape, start: match.index + lead, end: match.index + match[0].trimEnd().length }
    }),
  )
