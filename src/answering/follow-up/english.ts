import { stem, words, type Word } from '../words'

/** Openings after which a question is only a variation of the one before. */
const variation =
  /^(?:(?:and|but|so|ok(?:ay)?|then)[, ]+)?(?:(?:what|how) about|what else|who else|where else|anything else|what if (?:so|not)|same (?:for|question)|in (?:that|this|which) case|if (?:so|not)\b|otherwise\b|(?:could|can|would) you (?:explain|elaborate|say more|tell me more)|(?:please )?(?:tell me more|explain|elaborate|go on|continue|say more)|more details?|why not\b)/i

/** Openings that may stand before any question. */
const opening = /^(?:(?:and|but|so|or|also|then|ok(?:ay)?|well|thanks|thank you|great|now)\b[\s,.!]*)+/i

const auxiliaries = new Set(
  (
    'is are was were am be been do does did can could will would shall should may might must has have had ' +
    "isn't aren't wasn't weren't don't doesn't didn't can't couldn't won't wouldn't shouldn't mustn't hasn't haven't hadn't"
  ).split(' '),
)

const prepositions = new Set(
  'for in on at by from with without of about during after before under over within until since to as between per into'.split(
    ' ',
  ),
)

const determiners = new Set(
  'the a an my our your every each any all some no both these those many several which what two three'.split(' '),
)

const boundaries = new Set(
  'and but or if when while that because who which where before after until unless although though since so than'.split(
    ' ',
  ),
)

const possessives = new Set('its their his her hers theirs itself themselves himself herself'.split(' '))
const personal = new Set('it they them he him she'.split(' '))
const pointing = new Set('this that these those such'.split(' '))

/** "This agreement" is the document at hand, not something that was said before. */
const documentNouns =
  /^(?:agreements?|contracts?|leases?|policy|policies|documents?|handbooks?|manuals?|papers?|books?|reports?|articles?|sections?|chapters?|pages?|compan(?:y|ies)|organi[sz]ations?|machines?|devices?|products?|appliances?|forms?|guides?|files?|texts?|rules?|regulations?|acts?|laws?|stud(?:y|ies)|sites?|tables?|scheme|plan|program(?:me)?s?|software|apps?|services?|letters?|years?|months?|weeks?|seasons?|century)$/i

/** Words that many things have: alone they do not say of what. */
const generic = new Set(
  (
    'deadline cost price fee limit maximum minimum reason exception procedure process condition requirement penalty amount duration ' +
    'date time place person contact detail example rest consequence difference step happen mean explain tell give elaborate sure more ' +
    'please exactly again right correct know long much many often next last other else soon far work apply say show thing way kind ' +
    'possible allowed required necessary true okay yes no'
  )
    .split(' ')
    .map(stem),
)

const asking = /^(?:what|which|who|whom|whose|where|when|why|how)$/

/** Does an English question leave unsaid what it is about? */
export function englishLeans(question: string): boolean {
  if (variation.test(question.trim())) return true
  const found = words(question.trim().replace(opening, ''), 'en')
  const lower = found.map(({ text }) => text.toLowerCase())
  if (pointsBack(found, lower)) return true
  const own = ownWords(found, lower)
  const hasVerb = lower.some((word) => auxiliaries.has(word))
  if (own.length === 0) return true
  if (hasVerb) return false
  // "For part-timers?", "In winter?": what the question before said of others.
  if (prepositions.has(lower[0] ?? '') && !lower.some((word) => asking.test(word)) && own.length <= 3) return true
  return own.length === 1 && found.filter(({ content }) => content).length <= 2
}

/** Content words that say what the question is about: not the question word's own, not what any thing has. */
function ownWords(found: readonly Word[], lower: readonly string[]): Word[] {
  const first = lower.findIndex((word) => asking.test(word))
  return found.filter(({ content, norm }, at) => content && !generic.has(norm) && !(first >= 0 && at === first))
}

/** Is there a word that points to something which the question itself does not name? */
function pointsBack(found: readonly Word[], lower: readonly string[]): boolean {
  return lower.some((word, at) => {
    // "It's" for "its" is a mistake that is made as often as not.
    if (possessives.has(word) || (word === 'it' && lower[at + 1] === "'s"))
      return antecedent(found, lower, at) === undefined && !asksForSubject(lower)
    if (personal.has(word)) return !isDummy(lower, at) && !hasAntecedentClause(found, lower, at)
    if (pointing.has(word)) return pointsTo(found, lower, at) && !hasAntecedentClause(found, lower, at)
    return (
      (word === 'former' || word === 'latter') && lower[at - 1] === 'the' && antecedent(found, lower, at) === undefined
    )
  })
}

/** "How long does it take to", "is it allowed to", "what time is it", "is it true that": it stands for nothing. */
function isDummy(lower: readonly string[], at: number): boolean {
  if (lower[at] !== 'it') return false
  const rest = lower.slice(at + 1).join(' ')
  return (
    /^(?:take|takes|took|cost|costs|need|require)s? .*\bto\b/.test(rest) ||
    /^(?:possible|allowed|permitted|ok|okay|necessary|required|true|legal|illegal|mandatory|compulsory|obligatory|forbidden|prohibited|safe|better|best|enough|important|acceptable|advisable|useful|fine|called|a good idea)\b.*\b(?:to|that|for|if|when)\b/.test(
      rest,
    ) ||
    (/^(?:when|if|while)$/.test(lower[at - 1] ?? '') &&
      /^(?:rains|snows|is (?:cold|hot|dark|raining|snowing))/.test(rest))
  )
}

/** "Is that allowed", "after that", "this rule", but not "the day that the lease begins" or "this agreement". */
function pointsTo(found: readonly Word[], lower: readonly string[], at: number): boolean {
  const next = found[at + 1]
  const before = lower[at - 1] ?? ''
  if (next && documentNouns.test(next.text)) return false
  if (lower[at] === 'such') return next?.text.toLowerCase() !== 'as' && !/^an?$/.test(next?.text.toLowerCase() ?? '')
  const relative = /^(?:who|whose|with|without|of|in|on|that|which)$/
  if (lower[at] === 'those' && lower.slice(at + 1, at + 3).some((word) => relative.test(word))) return false
  if (lower[at] !== 'that') return true
  const ends = !next || next.script === 'mark'
  return (
    ends ||
    at === 0 ||
    /^(?:is|was|are|were|does|do|did|can|could|will|would|should|may|must)$/.test(before) ||
    (prepositions.has(before) && !next?.content)
  )
}

/** Index of the last word before `at` that names something. */
function antecedent(found: readonly Word[], lower: readonly string[], at: number): number | undefined {
  for (let index = at - 1; index >= 0; index--) {
    const word = found[index]
    if (!word?.content || generic.has(word.norm)) continue
    let before = index - 1
    while (found[before]?.content) before--
    const lead = lower[before] ?? ''
    const named = determiners.has(lead) || prepositions.has(lead) || possessives.has(lead)
    const subject = auxiliaries.has(lead) || boundaries.has(lead)
    const proper = index > 0 && /^\p{Lu}/u.test(word.text)
    const plural = /[^s]s$/i.test(word.text) && word.text.length > 3
    if (named || subject || proper || plural || before < 0) return index
  }
  return undefined
}

/** "Who must train its staff": who it is that the question asks for is the antecedent. */
const asksForSubject = (lower: readonly string[]): boolean =>
  /^(?:who|which|what)$/.test(lower[0] ?? '') && !/^(?:is|are|was|were|do|does|did)$/.test(lower[1] ?? '')

/**
 * A thing is named in an earlier clause of the question ("If an employee is ill, what must they do?"), or by its own name
 * ("When has Toyota said it will close?").
 */
function hasAntecedentClause(found: readonly Word[], lower: readonly string[], at: number): boolean {
  const named = antecedent(found, lower, at)
  if (named === undefined) return false
  const proper = /^\p{Lu}/u.test(found[named]?.text ?? '') && named > 0
  if (proper && !prepositions.has(lower[at - 1] ?? '')) return true
  const boundaryFrom = lower.findIndex((word, index) => index > named && (boundaries.has(word) || word === ','))
  return boundaryFrom >= 0 && boundaryFrom < at
}
