import { expect, test } from 'vitest'
import { advance, begin, mayEnd, type GrammarState } from '../../../../../src/engines/llm/onnx/grammar/grammar'
import { grammarOf } from '../../../../../src/engines/llm/onnx/grammar/json-schema'
import { grammarMask } from '../../../../../src/engines/llm/onnx/grammar/mask'
import { vocabularyOf } from '../../../../../src/engines/llm/onnx/grammar/vocabulary'
import { Random } from '../../../../fixtures/random'

const PERSON = {
  type: 'object',
  properties: {
    name: { type: 'string', maxLength: 12 },
    age: { type: 'integer' },
    height: { type: 'number' },
    kind: { enum: ['staff', '有給', 3, null] },
    active: { type: 'boolean' },
    tags: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 3 },
    home: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
  required: ['name', 'kind', 'tags'],
}

/** Whether a text is one of the grammar, whole. */
function holds(schema: object, text: string): boolean {
  let state: GrammarState | undefined = begin(grammarOf(schema))
  for (const character of text) state = state && advance(state, character)
  return state !== undefined && mayEnd(state)
}

test.each([
  [PERSON, '{"name":"Ada","kind":"staff","tags":["a"]}', true],
  [
    PERSON,
    '{"name": "東京", "age": -7, "height": 1.5e-3, "kind": 3, "active": true, "tags": ["a", "b\\n"], "home": {"city": ""}}',
    true,
  ],
  [PERSON, '{"name":"Ada","kind":"staff","tags":[]}', false],
  [PERSON, '{"name":"Ada","kind":"staff"}', false],
  [PERSON, '{"kind":"staff","name":"Ada","tags":["a"]}', false],
  [PERSON, '{"name":"a name of more than 12","kind":3,"tags":["a"]}', false],
  [PERSON, '{"name":"Ada","kind":"boss","tags":["a"]}', false],
  [PERSON, '{"name":"Ada","kind":"\\u6709\\u7d66","tags":["a"]}', true],
  [PERSON, '{"name":"Ada","kind":null,"tags":["a","b","c","d"]}', false],
  [{ type: 'integer' }, '0', true],
  [{ type: 'integer' }, '012', false],
  [{ type: 'integer' }, '1.5', false],
  [{ type: 'number' }, '-0.5', true],
  [{ type: 'number' }, '.5', false],
  [{ type: 'number' }, '1e5', true],
  [{ type: 'string' }, '"a\\u00e9\\""', true],
  [{ type: 'string' }, '"a\nb"', false],
  [{ type: 'string' }, '"\\x"', false],
  [{ type: 'array', items: { type: 'boolean' } }, '[]', true],
  [{ type: 'array', items: { type: 'boolean' } }, '[true, false]', true],
  [{ type: 'array', items: { type: 'boolean' } }, '[true,]', false],
  [{ type: 'object', properties: { a: { type: 'null' }, b: { type: 'null' } } }, '{"b":null}', true],
  [{ type: 'object', properties: { a: { type: 'null' }, b: { type: 'null' } } }, '{}', true],
  [{ type: 'object', properties: { a: { type: 'null' }, b: { type: 'null' } } }, '{,"b":null}', false],
] as const)('%o: %s (%s)', (schema, text, expected) => {
  expect(holds(schema, text)).toBe(expected)
  if (expected) expect(() => JSON.parse(text) as unknown).not.toThrow()
})

test.each(['$ref', 'anyOf', 'pattern', 'minimum'])('a schema with %s, which is not heeded, is refused', (key) => {
  expect(() => grammarOf({ type: 'string', [key]: 'x' })).toThrow(key)
})

const ascii = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at))
const TEXTS = [
  ...ascii,
  '',
  '{"',
  '":',
  '",',
  '"}',
  '],',
  ' "',
  'true',
  'null',
  'name',
  '東',
  '京\uFFFD',
  '\n',
  '12',
  '\\"',
  '"]}',
]
const END = TEXTS.length

test(
  'whatever is chosen among the tokens that are let through, the answer parses and satisfies its schema in any room',
  { timeout: 60_000 },
  () => {
    const vocabulary = { tree: vocabularyOf(TEXTS), texts: [...TEXTS, ''], ends: new Set([END]) }
    const random = new Random(7)
    const grammar = grammarOf(PERSON)
    const lengths = new Set<number>()
    for (let run = 0; run < 30; run++) {
      const maxTokens = random.integer(60, 140)
      const mask = grammarMask(grammar, vocabulary, maxTokens)
      const chosen: number[] = []
      for (; chosen.length < maxTokens;) {
        const allowed = Array.from(mask(chosen) ?? [])
        expect(allowed.length).toBeGreaterThan(0)
        const token = random.pick(allowed)
        if (token === END) break
        chosen.push(token)
      }
      const text = chosen.map((token) => TEXTS[token]).join('')
      expect(holds(PERSON, text), text).toBe(true)
      const value = JSON.parse(text) as { name: string; tags: string[]; kind: unknown }
      expect(value.name.length).toBeLessThanOrEqual(12)
      expect(value.tags.length).toBeGreaterThan(0)
      expect(['staff', '有給', 3, null]).toContain(value.kind)
      lengths.add(chosen.length)
    }
    expect(lengths.size).toBeGreaterThan(5)
  },
)

test('in the middle of a string the state stays the same, so that what may follow is found out once', () => {
  let state = begin(grammarOf({ type: 'string' }))
  state = advance(state, '"')!
  const inside = advance(state, 'a')!
  expect(advance(inside, 'b')).toBe(inside)
  expect(advance(inside, '京')).toBe(inside)
})
