import { describe, expect, it } from 'vitest'
import { addMissing, leansOnContext, rewriteFollowUp } from '../../../../src/answering/follow-up/rewrite'
import { templatesWith } from '../../../../src/answering/templates/templates'
import { detectLanguage } from '../../../../src/language/detect'
import { DeviceLost } from '../../../../src/errors'
import { ScriptedModel, type Script } from '../../../fixtures/scripted-model'
import { turnOf } from '../turns'

const followUps = `And for part-timers?
For part-timers?
What about contractors?
How about in winter?
And when does it end?
How long is its warranty?
Who pays for them?
What if not?
Why?
Why is that?
Is that allowed?
How much does it cost?
What is the deadline?
And the maximum?
Can he cancel earlier?
What happens after that?
Are they paid?
Does this apply to interns?
What are the exceptions?
Tell me more
Can you explain?
Since when?
Part-timers?
What does this error mean?
What goal do these protests have?
では、パートの場合は？
パートの場合は？
契約社員は？
パートでも？
土曜日だとどうですか？
それはいつまでですか？
その手続きは？
その期限はいつですか？
なぜですか？
理由は？
いつまで？
もっと詳しく
他には？
その場合、給料はどうなりますか？
費用はいくらですか？
いつ支払われますか？
誰に申請しますか？
それはパートにも当てはまりますか？
そこには何がありますか？
例えば？
では、期限は？`.split('\n')

const standingAlone = `How many days of annual leave do employees get?
When does the lease begin and when does it end?
If an employee is ill, what must they do?
Is smoking allowed in the office?
How long does it take to process a visa application?
Is it allowed to bring dogs to the office?
And what is the notice period for employees on probation?
What should I do when the display shows E-04?
Can employees take their annual leave in parts?
Who signs this agreement?
What does this contract say about repairs?
Does the machine have its own fuse?
What is insolvency?
Notice period for managers
parental leave application form
How often must the filter be cleaned?
When the tenant moves out, who cleans the flat?
What is the name of the river that flows through the valley?
Which documents are needed for a visa application?
When has Toyota said it will close its Victoria plant?
Who may require that its teachers be certified?
What happens if a payment is late?
Are part-time employees entitled to a bonus?
Where do I report an accident at work?
How much is the monthly rent?
有給休暇は何日もらえますか？
定年は何歳ですか？
では、賃金はいつ支払われますか？
退職するとき、その手続きはどうすればよいですか？
パートタイム労働者の賞与は？
育児休業の期間は？
保険とその費用について教えてください
この規則は誰に適用されますか？
この契約の期間はいつまでですか？
その他の手当にはどのようなものがありますか？
事故のおそれがあるときはどうしますか？
社員それぞれの役割は何ですか？
これまでの改定の経緯を教えてください
E-04と表示されたらどうすればよいですか
副業をしてもよいですか、それとも禁止されていますか？
1910年に亡くなったのは誰ですか？
持分法とは何ですか？
どこの部署が窓口になりますか、総務部ですか？
残業の申請は誰にしますか？
フィルターはどのくらいの頻度で掃除しますか？
試用期間中の解雇について
懲戒解雇になるのはどのようなときですか？`.split('\n')

describe('leans on the question before', () => {
  it.each(followUps)('%s', (question) => expect(leansOnContext(question, detectLanguage(question))).toBe(true))
})

describe('stands alone', () => {
  it.each(standingAlone)('%s', (question) => expect(leansOnContext(question, detectLanguage(question))).toBe(false))
})

describe('without a model, what the question before was about is added', () => {
  const before = turnOf('How many days of annual leave do full-time employees get?')
  const japanese = turnOf('正社員の場合、年次有給休暇は何日もらえますか？')

  it('to a follow-up', () => {
    const { text, by } = addMissing('And for part-timers?', 'en', [before])
    expect(by).toBe('rules')
    expect(text).toMatch(/^And for part-timers\? .*annual leave/)
    expect(addMissing('それはいつ申請しますか？', 'ja', [japanese]).text).toContain('年次有給休暇')
  })

  it('but not the case that it replaces', () => {
    expect(addMissing('では、パートの場合は？', 'ja', [japanese]).text).not.toContain('正社員')
    expect(addMissing('And for part-timers?', 'en', [turnOf('What is the notice period for managers?')]).text).toBe(
      'And for part-timers? notice period',
    )
  })

  it('and not to a question that stands alone, nor to the first one', () => {
    for (const question of standingAlone)
      expect(addMissing(question, detectLanguage(question), [before]), question).toEqual({ text: question })
    expect(addMissing('And for part-timers?', 'en', [])).toEqual({ text: 'And for part-timers?' })
  })

  it('through a follow-up of a follow-up', () => {
    expect(addMissing('And in winter?', 'en', [before, turnOf('And for part-timers?')]).text).toMatch(
      /part-timers .*annual leave/,
    )
  })

  it('with who was the answer, when a pronoun asks for more of them', () => {
    const who = turnOf('Who designed the bridge?')
    const [sentence] = who.answer?.sentences ?? []
    Object.assign(sentence ?? {}, { text: 'It was designed by Ada Kirwan.', marks: [[19, 29]] })
    expect(addMissing('When was she born?', 'en', [who]).text).toBe('When was she born? designed bridge Ada Kirwan')
  })
})

describe('with a model', () => {
  const turns = [turnOf('How many days of annual leave do full-time employees get?', ['They get 10 days.'])]
  const rewrite = async (
    script: Script | string,
    question = 'And for part-timers?',
    signal = new AbortController().signal,
  ) => {
    const model = new ScriptedModel(script)
    return {
      model,
      rewritten: await rewriteFollowUp(question, 'en', turns, { model, templates: templatesWith('en') }, signal),
    }
  }

  it('it is rewritten', async () => {
    const { model, rewritten } = await rewrite('"How many days of annual leave do part-timers get?"\n\nThey get 5.')
    expect(rewritten).toEqual({ text: 'How many days of annual leave do part-timers get?', by: 'model' })
    expect(model.asked[0]?.at(-1)?.content).toContain('They get 10 days.')
  })

  it.each([
    ['an answer in its place', 'Part-timers receive a pro-rata entitlement calculated on contractual weekly hours.'],
    ['another language', 'パートタイム労働者の年次有給休暇は何日ですか？'],
    ['nothing', ''],
    [
      'a story',
      `For part-timers annual leave days employees get ${'full-time employees get annual leave days '.repeat(9)}`,
    ],
    ['another question', 'How many days of annual leave do full-time employees get?'],
  ])('%s is not taken', async (_, says) => {
    expect((await rewrite(says)).rewritten.by).toBe('rules')
  })

  it('one that fails costs only its help', async () => {
    expect((await rewrite(() => [new DeviceLost()])).rewritten.by).toBe('rules')
  })

  it('is not asked about a question that stands alone', async () => {
    const { model, rewritten } = await rewrite('Nonsense?', 'Is smoking allowed in the office?')
    expect(rewritten).toEqual({ text: 'Is smoking allowed in the office?' })
    expect(model.asked).toEqual([])
  })

  it('stops when it is aborted', async () => {
    await expect(rewrite('x', 'And for part-timers?', AbortSignal.abort())).rejects.toMatchObject({
      name: 'AbortError',
    })
  })
})
