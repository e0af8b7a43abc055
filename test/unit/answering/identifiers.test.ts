import { describe, expect, it } from 'vitest'
import { identifiersOf, namesAnother } from '../../../src/answering/identifiers'

const whole = (text: string) => identifiersOf(text).map((one) => one.whole)

describe('identifiers', () => {
  it.each<[string, string[]]>([
    ['E-04と表示されたらどうすればよいですか', ['E-04']],
    ['Ｅ－０４とは', ['E-04']],
    ['What does code E3 mean on the PW-40?', ['E3', 'PW-40']],
    ['the mid-18th century, 3 kg of B vitamins, Windows 8 and form t7', []],
  ])('%s', (text, expected) => {
    expect(whole(text)).toEqual(expected)
  })

  it('tell a thing from another of its kind', () => {
    const asked = identifiersOf('What does E-04 mean?')
    expect(namesAnother(asked, 'E-05: the lid is open')).toBe(true)
    expect(namesAnother(asked, 'E-04: the thermometer is broken')).toBe(false)
    expect(namesAnother(asked, 'E-05 comes after E-04')).toBe(false)
    expect(namesAnother(asked, 'Call the service desk about the AN-25.')).toBe(false)
  })

  it('may be asked for several at once', () => {
    const asked = identifiersOf('Compare E-04 and E-05')
    expect(namesAnother(asked, 'E-05: the lid is open')).toBe(false)
    expect(namesAnother(asked, 'E-06: the fan stands still')).toBe(true)
  })
})
