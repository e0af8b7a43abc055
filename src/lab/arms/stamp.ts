import { defaultTemplates } from '../../answering/templates/templates'
import { sha256 } from '../../documents/hash'
import { canonicalJson, questionSetHash } from '../question-set'
import type { RunId, Stamp } from '../run'
import { wearsAdapters, type RunSpec } from '../run-spec'
import type { LabContext } from './context'
import { labTemplates } from './templates/templates'

/** Raised when prompts are built, questions split or measures taken in another way: results before and after differ. */
const METHOD = 1

/** The stamp of a run that would be made now. */
export async function stampOf(
  spec: RunSpec,
  { set, model, revision, documents, index, templates }: Omit<LabContext, 'store' | 'retrieve' | 'name'>,
): Promise<Stamp> {
  const { engine, device, dtype, contextTokens } = model.capabilities
  const texts = { method: METHOD, lab: labTemplates, answering: { ...defaultTemplates, ...templates } }
  return {
    set: await questionSetHash(set),
    spec: await specHash(spec),
    templates: await sha256(canonicalJson(texts)),
    documents: [...documents].sort(),
    index,
    model: { id: model.id, revision, engine, device, dtype, contextTokens },
    adapters: spec.arms.some(wearsAdapters) ? spec.adapters : [],
  }
}

export const specHash = (spec: RunSpec): Promise<string> => sha256(canonicalJson(spec))

/** Equal stamps are one run: started again, it goes on where it was. */
export const runIdOf = (stamp: Stamp): Promise<RunId> => sha256(canonicalJson(stamp))
