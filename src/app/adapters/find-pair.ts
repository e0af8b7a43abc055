import { CONFIG_FILE, WEIGHTS_FILE } from '../../lora/peft'
import { refusal } from '../../lora/refusal'

/** Weights in the format of torch.save, which older versions of PEFT wrote. */
const PICKLE = 'adapter_model.bin'

/** The two files of an adapter among others. */
export interface AdapterPair<Each> {
  /** Name of the folder that they lie in; empty where they lie in none. */
  folder: string
  config: Each
  weights: Each
}

/**
 * Finds the adapter in a folder, an archive, or a few chosen files: the one nearest to the top, since those below it are its
 * checkpoints.
 * @throws AdapterUnusable with reason missingFile, pickle or several
 */
export function findPair<Each>(files: readonly Each[], pathOf: (file: Each) => string): AdapterPair<Each> {
  const byPath = new Map(files.map((file) => [pathOf(file).replaceAll('\\', '/'), file]))
  const pairs = [...byPath].flatMap(([path, weights]): { path: string; pair: AdapterPair<Each> }[] => {
    const folder = folderOf(path)
    const config = byPath.get(`${folder}${CONFIG_FILE}`)
    if (path !== `${folder}${WEIGHTS_FILE}` || config === undefined) return []
    return [{ path: folder, pair: { folder: folder.split('/').at(-2) ?? '', config, weights } }]
  })
  const depth = Math.min(...pairs.map(({ path }) => depthOf(path)))
  const [found, ...others] = pairs.filter(({ path }) => depthOf(path) === depth)
  if (!found) throw missing([...byPath.keys()])
  if (others.length) throw refusal('several', { paths: [found, ...others].map(({ path }) => path).join(', ') })
  return found.pair
}

/** With the slash at its end. */
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1)
const depthOf = (folder: string): number => folder.split('/').length

function missing(paths: readonly string[]) {
  const has = (name: string) => paths.some((path) => path === name || path.endsWith(`/${name}`))
  if (has(PICKLE) && !has(WEIGHTS_FILE)) return refusal('pickle')
  return refusal('missingFile', { file: has(CONFIG_FILE) ? WEIGHTS_FILE : CONFIG_FILE })
}
