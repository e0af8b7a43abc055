import { refusal } from './refusal'

/**
 * How PEFT names modules: by the end of their path ("q_proj" is the end of "model.layers.0.self_attn.q_proj"), or by a
 * regular expression in the syntax of Python.
 */

/** Whether the path of a module is meant. */
export type MatchPath = (path: string) => boolean

/** Unsloth's longest has some 400 characters, and seven quantifiers without an upper end. */
const LONGEST = 2000
const MOST_OPEN = 10

/**
 * Whether matching a path against it is bound to end soon. A group that is repeated can take for ever, and so can very many
 * quantifiers without an upper end; published patterns have neither.
 */
function isSafe(pattern: string): boolean {
  const bare = pattern.replace(/\\./gs, 'x').replace(/\[[^\]]*\]/g, 'x')
  const open = bare.match(/[*+]|\{\d*,\}/g)?.length ?? 0
  return pattern.length <= LONGEST && open <= MOST_OPEN && !/\)[*+{]/.test(bare)
}

/**
 * A pattern of Python's as one of ours, for whole texts.
 * @throws AdapterUnusable (pattern) where it is none that we read, or not safe
 */
function compile(pattern: string, before = '', after = ''): RegExp {
  try {
    if (isSafe(pattern)) return new RegExp(`^${before}(?:${pattern})${after}$`)
  } catch {
    // Told below.
  }
  throw refusal('pattern', { pattern })
}

/**
 * The value that PEFT finds for a module in `rank_pattern` or `alpha_pattern`: that of the first key whose pattern is the end
 * of the path, from a dot on.
 * @throws AdapterUnusable (pattern)
 */
export function valueByPattern(patterns: Readonly<Record<string, number>>): (path: string) => number | undefined {
  const compiled = Object.entries(patterns).map(([key, value]) => ({ ends: compile(key, '(?:.*\\.)?'), value }))
  return (path) => compiled.find(({ ends }) => ends.test(path))?.value
}

/**
 * Modules as `target_modules` and `exclude_modules` name them: a list of ends of paths, or one pattern for the whole path.
 * @throws AdapterUnusable (pattern)
 */
export function matchModules(modules: string | readonly string[]): MatchPath {
  if (typeof modules !== 'string')
    return (path) => modules.some((module) => path === module || path.endsWith(`.${module}`))
  const whole = compile(modules)
  return (path) => whole.test(path)
}

/**
 * Modules in the layers of `layers_to_transform`. The number of a layer stands behind the name of the list of layers, which
 * `layers_pattern` tells; without it any name will do.
 * @throws AdapterUnusable (pattern)
 */
export function matchLayers(layers: readonly number[], lists: readonly string[]): MatchPath {
  const places = (lists.length ? lists : ['[^.]*']).map((list) => compile(list, '.*\\.', '\\.(\\d+)\\..*'))
  return (path) => {
    const place = places.find((each) => each.test(path))
    return place !== undefined && layers.includes(Number(place.exec(path)?.at(-1)))
  }
}
