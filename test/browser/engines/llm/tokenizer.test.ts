import { beforeAll, expect, test } from 'vitest'
import expected from '../../../../models/tiny/llm/expected.json'
import { Detokenizer } from '../../../../src/engines/llm/onnx/detokenizer'
import { createLlmTokenizer, type LlmTokenizer } from '../../../../src/engines/llm/onnx/tokenizer'
import { ModelFileDamaged } from '../../../../src/errors'
import { tinyFiles } from './tiny'

let tokenizer: LlmTokenizer

beforeAll(async () => {
  tokenizer = createLlmTokenizer(await tinyFiles())
})

test.each(expected.map(({ text, ids }) => [text, ids] as const))(
  'the tokens of %s are those of the recipe',
  (text, ids) => {
    expect(tokenizer.encodePrompt(text)).toEqual(ids)
  },
)

test('Japanese and emoji appear with the token that completes them, and never in pieces', () => {
  const text = 'ひらがなとカタカナ、鬱蒼とした森🦊👨‍👩‍👧で会う。 Then "quit" ９時 か\u3099'
  const tokens = tokenizer.encodeContinuation(text)
  const detokenizer = new Detokenizer((ids) => tokenizer.decode(ids))
  let shown = ''
  for (const [at, token] of tokens.entries()) {
    shown += detokenizer.add(token)
    const whole = tokenizer.decode(tokens.slice(0, at + 1)).replace(/\uFFFD+$/, '')
    expect(shown).toBe(whole)
  }
  expect(shown).toBe(text)
})

test('a model that begins its texts with a token gets it once, whether its template writes it or not', async () => {
  const files = await tinyFiles()
  const json = (path: string) => JSON.parse(new TextDecoder().decode(files.get(path))) as Record<string, unknown>
  const token = '<|endoftext|>'
  const beginning = {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: { id: token, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
    pair: [],
    special_tokens: { [token]: { id: token, ids: [1021], tokens: [token] } },
  }
  const write = (path: string, change: object) =>
    files.set(path, new TextEncoder().encode(JSON.stringify({ ...json(path), ...change })))
  write('tokenizer.json', { post_processor: beginning })
  write('tokenizer_config.json', { bos_token: token, chat_template: `${token}{{ messages[0].content }}` })
  const begun = createLlmTokenizer(files)
  const { text, ids } = expected[0]!
  expect(begun.encodePrompt(text)).toEqual([1021, ...ids])
  expect(begun.encodePrompt([{ role: 'user', content: text }])).toEqual([1021, ...ids])
  expect(begun.encodeContinuation(text)).toEqual(ids)
})

test('a template in a file of its own goes before the one in the configuration', async () => {
  const files = await tinyFiles()
  files.set('chat_template.jinja', new TextEncoder().encode('[{{ messages[0].content }}]'))
  expect(createLlmTokenizer(files).applyTemplate([{ role: 'user', content: '休暇' }])).toBe('[休暇]')
  files.set('chat_template.jinja', new TextEncoder().encode('{% for %}'))
  const damaged = new ModelFileDamaged({ file: 'chat_template.jinja' })
  expect(() => createLlmTokenizer(files).applyTemplate([{ role: 'user', content: '休暇' }])).toThrow(damaged)
})
