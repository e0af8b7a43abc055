import { expect, test } from 'vitest'
import { findPair } from '../../../../src/app/adapters/find-pair'
import { AdapterUnusable } from '../../../../src/errors'

const [CONFIG, WEIGHTS] = ['adapter_config.json', 'adapter_model.safetensors']
const find = (...paths: string[]) => findPair(paths, (path) => path)

function reasonOf(...paths: string[]): unknown {
  try {
    find(...paths)
  } catch (error) {
    if (error instanceof AdapterUnusable) return error.params
  }
  return undefined
}

test('two loose files are a pair, whatever lies beside them', () => {
  expect(find('README.md', WEIGHTS, CONFIG)).toEqual({ folder: '', config: CONFIG, weights: WEIGHTS })
})

test('the adapter nearest to the top counts; those below are its checkpoints', () => {
  const paths = ['out/checkpoint-5', 'out', 'out/checkpoint-9'].flatMap((at) => [`${at}/${CONFIG}`, `${at}/${WEIGHTS}`])
  expect(find(...paths)).toEqual({ folder: 'out', config: `out/${CONFIG}`, weights: `out/${WEIGHTS}` })
})

test('the files have to lie in the same folder', () => {
  expect(reasonOf(`a/${CONFIG}`, `b/${WEIGHTS}`)).toMatchObject({ reason: 'missingFile' })
  expect(find(`a/${CONFIG}`, `b/${CONFIG}`, `b/${WEIGHTS}`)).toMatchObject({ folder: 'b' })
})

test('which of several is meant is not guessed', () => {
  const paths = ['a', 'b'].flatMap((at) => [`${at}/${CONFIG}`, `${at}/${WEIGHTS}`])
  expect(reasonOf(...paths)).toMatchObject({ reason: 'several', paths: 'a/, b/' })
})

test('the file that is missing is named, and weights in a .bin file are not read', () => {
  expect(reasonOf()).toMatchObject({ reason: 'missingFile', file: CONFIG })
  expect(reasonOf(WEIGHTS)).toMatchObject({ reason: 'missingFile', file: CONFIG })
  expect(reasonOf(CONFIG)).toMatchObject({ reason: 'missingFile', file: WEIGHTS })
  expect(reasonOf(CONFIG, 'adapter_model.bin')).toMatchObject({ reason: 'pickle' })
  expect(reasonOf('__MACOSX/._adapter_config.json', 'x._adapter_model.safetensors')).toMatchObject({
    reason: 'missingFile',
  })
})
