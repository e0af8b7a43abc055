import type { Language } from '../../domain'

/** What only the whole of a document answers: what it says in short, all things of a kind, or how many there are. */
export type WholeTask = 'summary' | 'list' | 'count'

const texts =
  '(?:documents?|files?|papers?|books?|reports?|contracts?|texts?|handbooks?|manuals?|collection|pdfs?|articles?|minutes)'
const there = `(?:are|were|is) (?:there|listed|mentioned|named|described|covered|included|given)|do(?:es)? (?:the|this|these|my) ${texts}|in (?:total|all)\\b|altogether|different|(?:appear|occur)s?\\b`

const english: [RegExp, WholeTask][] = [
  [
    new RegExp(
      `\\bsummar(?:y|i[sz]e|ies)\\b|\\boverview of (?:the|this|these|my) ${texts}|\\bsum (?:it |this |that )?up\\b|\\b(?:main|key) (?:points|ideas|takeaways|findings|messages)\\b|\\bthe gist\\b|\\btl;?dr\\b|\\bin a nutshell\\b|\\bwhat (?:is|are|'s) (?:the|this|these|my) (?:\\w+ )?${texts}(?: all)? about\\b`,
      'i',
    ),
    'summary',
  ],
  [
    new RegExp(
      `\\bhow many [^?]*\\b(?:${there})|\\bcount (?:all|the|how many|every)\\b|\\b(?:total )?number of [^?]*\\b(?:mentioned|listed|named|(?:in|across) (?:the|this|these|all|my) ${texts})`,
      'i',
    ),
    'count',
  ],
  [
    new RegExp(
      `^(?:please |can you |could you )*(?:list|enumerate|name|extract|collect|find|show(?: me)?|give me|tell me) (?:me )?(?:all|every|each)\\b|^(?:please )?(?:list|enumerate) (?:the|me)\\b|\\b(?:a|the) (?:full |complete )?list of (?:all|every|the)\\b|\\b(?:all|every) (?:the |of the )?[^?]*\\b(?:mentioned|listed|named|(?:in|across) (?:the|this|these|all|my) ${texts})|\\bwhich (?:\\w+ ){1,4}(?:are|were) (?:mentioned|listed|named)\\b`,
      'i',
    ),
    'list',
  ],
]

const japanese: [RegExp, WholeTask][] = [
  [
    /要約|まとめて(?:ください|下さい|ほしい|欲しい|くれ|$|[。？?])|概要|要点|要旨|あらまし|あらすじ|全体像|かいつまんで|(?:文書|資料|本|論文|報告書|ファイル|文章)(?:は|には|って)?(?:全体として)?(?:どんな|何が|どのような)(?:内容|ことが?書)/u,
    'summary',
  ],
  [
    /全部で(?:何|いくつ|どれ)|合計で?(?:何|いくつ)|総数|件数を|数え(?:て|上げ)|(?:いくつ|何(?:件|個|種類|種|箇所|か所|ヶ所|つ|名|社|章|項目|ページ|回))(?:の[^。？?]{1,16})?(?:が|も|ほど|くらい)?(?:記載|掲載|載って|書かれて|登場|出て|含まれて|挙げられて|定められて|言及)/u,
    'count',
  ],
  [
    /一覧|リスト(?:に|を|アップ|化)|列挙|洗い出|(?:すべて|全て|全部|残らず|もれなく)[^。？?]{0,20}(?:挙げ|あげ|教え|書き出|抜き出|拾|示し|知りたい|並べ)|抜き出して|書き出して/u,
    'list',
  ],
]

/**
 * Whether a question would better be answered by going through whole documents than from the passages found for it. A
 * suggestion: reading everything takes minutes, so the user decides.
 */
export const suggestWholeDocument = (question: string, language: Language): WholeTask | undefined =>
  (language === 'ja' ? japanese : english).find(([pattern]) => pattern.test(question.normalize('NFKC').trim()))?.[1]
