import { describe, expect, it } from 'vitest'
import { quoteAnswerer } from '../../../src/answering/quote'
import type { Answer, Language } from '../../../src/domain'
import { evidenceOf } from './evidence'

/** What people ask of manuals and rules, on documents that were not fitted on. */
async function ask(question: string, language: Language, ...texts: string[]): Promise<Answer> {
  const evidence = texts.map((text, at) => evidenceOf(text, language, { rank: at + 1, score: 10 - at / 2 }))
  const coverage = { passagesRead: 0, passagesSearched: 9, documentsRead: 0, documentsSearched: 1 }
  const signal = new AbortController().signal
  for await (const event of quoteAnswerer.answer({ question, language, evidence, coverage }, signal))
    if (event.type === 'answer') return event.answer
  throw new Error('no answer')
}

/** The quoted sentence that is marked (the first one where nothing is), and the mark. */
function primary({ sentences }: Answer): { text: string; mark: string | undefined } {
  const first = sentences.find(({ marks }) => marks.length > 0) ?? sentences[0]
  const range = first?.marks[0]
  return { text: first?.text ?? '', mark: range && first?.text.slice(...range) }
}

const handbook = `Performance reviews matter to your career at Tidewell. Reviews are prepared by your supervisor together with you. Performance reviews are held twice a year, in April and in October. Salaries are paid monthly. Fire drills take place every six weeks.
Holiday requests go to your supervisor at least ten days in advance. You can carry over up to four days of holiday until the end of March. If you lose your key card, you will be charged $25 for a new one. Employees may not work for a competitor. Bicycles may be kept in the inner yard.`

const contacts = `The Ethics Line protects everybody who reports a concern. The number of the Ethics Line is 1-800-555-0188. For changes to your personal data, write to records@tidewell.example. The Tidewell office is at 14 Harbour Lane, Porthcawl. Parcels are received by the mail room, ext. 204. The kitchen is open to all.`

describe('English', () => {
  it.each<[string, string | undefined, string]>([
    ['How often are performance reviews held?', 'twice a year', 'Performance reviews are held'],
    ['How often are salaries paid?', 'monthly', 'Salaries are paid'],
    ['How frequently do fire drills take place?', 'every six weeks', 'Fire drills take place'],
    ['How many days in advance do I have to request holiday?', 'ten days', 'Holiday requests go'],
    ['Until when can I carry over holiday?', 'end of March', 'You can carry over'],
    ['How much does a new key card cost?', '$25', 'If you lose'],
    ['What happens if I lose my key card?', undefined, 'If you lose'],
    ['May I work for a competitor?', undefined, 'Employees may not work'],
    ['Can I keep my bicycle in the yard?', undefined, 'Bicycles may be kept'],
    ['What is the number of the Ethics Line?', '1-800-555-0188', 'The number of'],
    ['What is the phone number of the Ethics Line?', '1-800-555-0188', 'The number of'],
    ['Who do I contact to change my personal data?', 'records@tidewell.example', 'For changes to'],
    ['What is the e-mail address for changes of personal data?', 'records@tidewell.example', 'For changes to'],
    ['What is the address of the Tidewell office?', '14 Harbour Lane', 'The Tidewell office'],
    ['Who receives parcels?', 'mail room', 'Parcels are received'],
  ])('%s', async (question, mark, sentence) => {
    const answer = await ask(question, 'en', handbook, contacts)
    expect(answer.refused).toBe(false)
    const found = primary(answer)
    expect(found.text).toContain(sentence)
    if (mark === undefined) expect(found.mark).toBeUndefined()
    else expect(found.mark).toContain(mark)
  })

  it('takes a condition at the beginning of a question for what it is', async () => {
    const answer = await ask(
      'If I am ill, do I have to bring a certificate?',
      'en',
      'Those who are ill stay at home. Anyone who is ill must bring a certificate on the third day.',
    )
    expect(primary(answer)).toEqual({
      text: 'Anyone who is ill must bring a certificate on the third day.',
      mark: undefined,
    })
  })
})

const rules = `人事考課は社員の育成のために行う。人事考課は年2回、4月と10月に実施する。賃金は毎月25日に支払う。避難訓練は6か月ごとに行う。
年次有給休暇を取得しようとする者は、5日前までに所属長に届け出る。退職を希望する者は、退職日の30日前までに退職願を総務部に提出する。入館証を紛失した場合は、再発行手数料として1,500円を支払う。
社員は、会社の許可なく他の会社の業務に従事してはならない。自転車は北側の駐輪場に置くことができる。健康診断の費用は会社が負担する。`

const desk = `内部通報窓口の電話番号は03-1234-5678である。個人情報の変更はjinji@minamo.exampleに連絡する。本社の住所は長野県上田市中央1丁目2番3号である。経費の精算書は経理課に提出する。出張の申請は3日以内に承認される。制服は入社後2週間使用できる仮のものを貸与する。`

describe('日本語', () => {
  it.each<[string, string | undefined, string]>([
    ['人事考課はどのくらいの頻度で行いますか？', '年2回', '人事考課は年2回'],
    ['人事考課は年に何回ありますか？', '2回', '人事考課は年2回'],
    ['避難訓練は何か月おきに行いますか？', '6か月ごと', '避難訓練は'],
    ['賃金はいつ支払われますか？', '25日', '賃金は毎月'],
    ['年次有給休暇は何日前までに届け出ますか？', '5日前', '年次有給休暇を取得'],
    ['退職願はいつまでに提出しますか？', '30日前まで', '退職を希望する者は'],
    ['退職願はどこに提出しますか？', '総務部', '退職を希望する者は'],
    ['年次有給休暇はだれに届け出ますか？', '所属長', '年次有給休暇を取得'],
    ['入館証の再発行手数料はいくらですか？', '1,500円', '入館証を紛失'],
    ['入館証を紛失したらどうなりますか？', undefined, '入館証を紛失'],
    ['他の会社の業務に従事してもよいですか？', undefined, '社員は、会社の許可なく'],
    ['自転車を駐輪場に置いてもいいですか？', undefined, '自転車は北側'],
    ['健康診断の費用は会社が負担しますか？', undefined, '健康診断の費用'],
    ['内部通報窓口の電話番号は何番ですか？', '03-1234-5678', '内部通報窓口'],
    ['個人情報の変更の連絡先はどこですか？', 'jinji@minamo.example', '個人情報の変更'],
    ['本社の住所はどこですか？', '長野県上田市', '本社の住所'],
  ])('%s', async (question, mark, sentence) => {
    const answer = await ask(question, 'ja', rules, desk)
    expect(answer.refused).toBe(false)
    const found = primary(answer)
    expect(found.text).toContain(sentence)
    if (mark === undefined) expect(found.mark).toBeUndefined()
    else expect(found.mark).toContain(mark)
  })
})
