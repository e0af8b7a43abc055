import { deflateRawSync } from 'node:zlib'
import { expect, test, vi } from 'vitest'
import { AdapterService } from '../../../../src/app/adapters/examine'
import { FileTooLarge } from '../../../../src/errors'
import { makeAdapter } from '../../../fixtures/make-adapter'
import { makeZip } from '../../../fixtures/zip'

vi.setConfig({ testTimeout: 60_000 })

const [CONFIG, WEIGHTS] = ['adapter_config.json', 'adapter_model.safetensors']
const { config, weights } = makeAdapter({ layers: [{ path: 'model.layers.0.mlp.up_proj', inputs: 8, outputs: 4 }] })
const given = (path: string, bytes: Uint8Array<ArrayBuffer>) => ({
  path,
  file: new File([bytes], path.split('/').at(-1)!),
})
const service = new AdapterService()

test('a folder, and a .zip of it, are the same adapter under the name of the folder', async () => {
  const folder = await service.examine('', [given(`house/${CONFIG}`, config), given(`house/${WEIGHTS}`, weights)])
  const zip = makeZip({ [`house/${CONFIG}`]: config, [`house/${WEIGHTS}`]: weights }, (bytes) => deflateRawSync(bytes))
  const archive = await service.examine('', [given('some.zip', zip)])
  expect(folder.entry).toMatchObject({ name: 'house', id: 'own-house', targets: ['up_proj'] })
  expect(archive.entry).toEqual(folder.entry)
  for (const { files } of [folder, archive]) {
    expect(files.map(({ path }) => path)).toEqual([CONFIG, WEIGHTS])
    expect(new Uint8Array(await files[1]!.file.arrayBuffer())).toEqual(weights)
  }
})

test('an archive without a folder in it gives its own name, loose files that of their version', async () => {
  const zip = makeZip({ [CONFIG]: config, [WEIGHTS]: weights })
  expect((await service.examine('', [given('Legal Japanese.ZIP', zip)])).entry.name).toBe('Legal Japanese')
  const { entry } = await service.examine('', [given(CONFIG, config), given(WEIGHTS, weights)])
  expect(entry.name).toBe(`LoRA ${entry.revision.slice(0, 6)}`)
})

test('a file that is too large for an adapter is not read', async () => {
  const large = given(CONFIG, new Uint8Array(2 ** 20 + 1))
  const read = vi.spyOn(large.file, 'arrayBuffer')
  await expect(service.examine('', [large, given(WEIGHTS, weights)])).rejects.toBeInstanceOf(FileTooLarge)
  expect(read).not.toHaveBeenCalled()
})
