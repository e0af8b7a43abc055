import { expect, test } from 'vitest'
import { reviveError, StorageFull, toFumikuraError, UnexpectedError, WrongPassword } from '../../src/errors'

test('a full disk is told apart from other failures', () => {
  expect(toFumikuraError(new DOMException('', 'QuotaExceededError'))).toBeInstanceOf(StorageFull)
  expect(toFumikuraError(new TypeError('x'))).toBeInstanceOf(UnexpectedError)
})

test('an error keeps its class and figures across a boundary', () => {
  const error = new WrongPassword({ name: 'a.pdf' })
  const revived = reviveError(error.key, error.params)
  expect(revived).toBeInstanceOf(WrongPassword)
  expect(revived.params).toEqual({ name: 'a.pdf' })
})
