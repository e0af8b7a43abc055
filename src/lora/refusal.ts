import { AdapterUnusable, type ErrorParams } from '../errors'

/** Why an adapter's files are not taken; each has a sentence of its own (`error.adapterUnusable<Reason>` in src/i18n). */
export const ADAPTER_REFUSALS = [
  // How it came.
  ...(['hubId', 'missingFile', 'pickle', 'several', 'archive', 'archivePath', 'unending'] as const),
  // The file of weights.
  ...([
    'truncated',
    'header',
    'duplicate',
    'dtype',
    'layout',
    'excess',
    'notFinite',
    'noWeights',
    'unknownTensor',
  ] as const),
  // Its configuration.
  ...([
    'config',
    'method',
    'dora',
    'modulesToSave',
    'embeddings',
    'bias',
    'feature',
    'initialisation',
    'pattern',
  ] as const),
  // The two together.
  ...(['halfPair', 'factors', 'rank', 'notTargeted'] as const),
  // The adapter and its base.
  ...(['missingModule', 'baseShape'] as const),
] as const

export type AdapterRefusal = (typeof ADAPTER_REFUSALS)[number]

/** Names out of a file may be of any length. */
const LONGEST_NAME = 160

/** @param params what the reason's sentence names; texts out of a file are cut to a length that can be shown */
export function refusal(reason: AdapterRefusal, params: ErrorParams = {}): AdapterUnusable {
  const shown = Object.entries(params).map(([name, value]) => [name, typeof value === 'string' ? short(value) : value])
  return new AdapterUnusable({ ...(Object.fromEntries(shown) as ErrorParams), reason })
}

const short = (text: string): string => (text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME)}…` : text)
