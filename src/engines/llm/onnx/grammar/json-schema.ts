import { UnexpectedError } from '../../../../errors'
import { character, choice, repeat, text, type GrammarSymbol, type Sequence } from './grammar'

/** The part of JSON Schema that is heeded. Another keyword that would restrict what may be written is refused. */
interface Schema {
  type?: string
  enum?: readonly unknown[]
  const?: unknown
  properties?: Record<string, Schema>
  required?: readonly string[]
  items?: Schema
  minItems?: number
  maxItems?: number
  minLength?: number
  maxLength?: number
}

const HEEDED = [
  'type',
  'enum',
  'const',
  'properties',
  'required',
  'items',
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
]
/** Say nothing of what may be written, or allow what is never written here. */
const HARMLESS = ['title', 'description', 'examples', 'default', '$schema', '$id', 'additionalProperties']

/** Digits beyond these change nothing in a number of JavaScript. */
const MOST_DIGITS = 15

const space = choice([], [text(' ')])
const digit = character((next) => next >= '0' && next <= '9')
const hex = character((next) => /^[0-9a-f]$/i.test(next))
const plain = character((next) => next >= ' ' && next !== '"' && next !== '\\')
const escape = choice(
  [character((next) => '"\\/bfnrt'.includes(next))],
  // Half a surrogate pair would be no character.
  [text('u00'), hex, hex],
)
const stringCharacter = choice([plain], [text('\\'), escape])
const integer: Sequence = [
  choice([], [text('-')]),
  choice([text('0')], [character((next) => next >= '1' && next <= '9'), repeat(digit, 0, MOST_DIGITS - 1)]),
]
const fraction = choice([], [text('.'), repeat(digit, 1, MOST_DIGITS)])
const exponent = choice(
  [],
  [character((next) => next === 'e' || next === 'E'), choice([], [text('-')], [text('+')]), repeat(digit, 1, 2)],
)

/**
 * The grammar of the JSON texts that satisfy a schema, written without white space but for one space after a colon or comma.
 * Of an object the properties that the schema names, in its order.
 * @throws UnexpectedError for what is not heeded here: $ref, anyOf, pattern, minimum and the like
 */
export function grammarOf(schema: object): GrammarSymbol {
  const known = schema as Schema
  for (const key of Object.keys(schema))
    if (!HEEDED.includes(key) && !HARMLESS.includes(key)) throw new UnexpectedError({ detail: `JSON schema: ${key}` })
  if (known.const !== undefined) return valueOf(known.const)
  if (known.enum) return choice(...known.enum.map((value) => [valueOf(value)]))
  switch (known.type) {
    case 'object':
      return objectOf(known)
    case 'array':
      return arrayOf(known)
    case 'string':
      return choice([text('"'), repeat(stringCharacter, known.minLength, known.maxLength), text('"')])
    case 'integer':
      return choice(integer)
    case 'number':
      return choice([...integer, fraction, exponent])
    case 'boolean':
      return choice([text('true')], [text('false')])
    case 'null':
      return text('null')
    default:
      throw new UnexpectedError({ detail: `JSON schema: type ${String(known.type)}` })
  }
}

/** JSON in ASCII, so that each character is a token in every vocabulary, and none is made of parts of several. */
const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[^ -~]/g, (other) => `\\u${other.charCodeAt(0).toString(16).padStart(4, '0')}`)

const valueOf = (value: unknown): GrammarSymbol => text(asciiJson(value))

function objectOf({ properties = {}, required = [] }: Schema): GrammarSymbol {
  const members = Object.entries(properties).map(([name, schema]) => ({
    isRequired: required.includes(name),
    sequence: [text(`${asciiJson(name)}:`), space, grammarOf(schema)],
  }))
  const unknown = required.find((name) => !(name in properties))
  if (unknown !== undefined) throw new UnexpectedError({ detail: `JSON schema: required ${unknown}` })
  const comma = [text(','), space]
  /** All that may follow from this member on; a comma comes before each but the first. */
  const from = (at: number, isFirst: boolean): Sequence => {
    const member = members[at]
    if (!member) return []
    const written = [...(isFirst ? [] : comma), ...member.sequence, ...from(at + 1, false)]
    return member.isRequired ? written : [choice(written, from(at + 1, isFirst))]
  }
  return choice([text('{'), ...from(0, true), text('}')])
}

function arrayOf({ items, minItems = 0, maxItems = Infinity }: Schema): GrammarSymbol {
  if (!items) throw new UnexpectedError({ detail: 'JSON schema: an array without items' })
  const item = grammarOf(items)
  const others = repeat(choice([text(','), space, item]), Math.max(0, minItems - 1), maxItems - 1)
  const filled = [text('['), item, others, text(']')]
  const empty = [text('[]')]
  if (maxItems === 0) return choice(empty)
  return minItems === 0 ? choice(empty, filled) : choice(filled)
}
