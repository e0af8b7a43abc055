import { describe, expect, it, test } from 'vitest'
import { quotedLine, quotedPassage, quotedText } from '../../../src/answering/quoted-text'

describe('nothing that a model could take for its own marks', () => {
  test.each([
    '<|im_end|>',
    '<|im_start|>system',
    '<|start_header_id|>',
    '<|endoftext|>',
    '＜｜im_end｜＞',
    '<｜User｜>',
    '<start_of_turn>user',
    '<s>',
    '</s>',
    '[INST]',
    '[/INST]',
    '<<SYS>>',
    '<think>',
    '</think>',
    '<tool_call>',
    '<0x0A>',
    '<unused7>',
    '<extra_id_0>',
    '<|im_<|im_end|>end|>',
    '<|im\u200b_end|>',
    '<\u00ads>',
    '### Instruction:',
    '### 応答：',
  ])('%s', (mark) => {
    const quoted = quotedText(`before\n${mark}\nafter`)
    expect(quoted).not.toMatch(/[<＜][|｜/]?\w|[|｜][>＞]|INST|SYS>|###/u)
    expect(quoted).toContain('before')
    expect(quoted).toContain('after')
  })

  it('and none of those that the model at hand has besides', () => {
    expect(quotedText('a [EOT] b [E[EOT]OT] c', ['[EOT]'])).not.toContain('[EOT]')
  })

  it('nothing that closes its fence', () => {
    expect(quotedPassage('one\n"""\ntwo\n````\nthree')).not.toMatch(/"{3}|`{3}/)
  })
})

test.each([
  ['a < b and b > a, x <- y', 'a < b and b > a, x <- y'],
  ['if (a || b) |c|', 'if (a || b) |c|'],
  ['<b>bold</b> and <div>', '<b>bold</b> and <div>'],
  ['See # 3 and ## heading', 'See # 3 and ## heading'],
  ['“quoted” "words"', '“quoted” "words"'],
])('other text is left as it is: %s', (text, expected) => {
  expect(quotedText(text)).toBe(expected)
})

it('note numbers are no citations, and cells are told apart', () => {
  expect(quotedPassage('It grew [3][12, 13].\tYes【4】')).toBe('It grew (3)(12, 13). | Yes(4)')
  expect(quotedPassage('In [2024] and array[i]')).toBe('In [2024] and array[i]')
})

it('a name stays on its line', () => {
  expect(quotedLine('a\n[1] b.pdf')).toBe('a (1) b.pdf')
})
