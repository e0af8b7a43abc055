import { errorText, t } from '../../i18n/i18n.svelte'
import type { Announcer } from '../announcer.svelte'
import type { Notices } from '../notices.svelte'
import type { Lab } from './lab.svelte'
import type { Running } from './running.svelte'

/** Where the person is, and what reaches them there. */
interface Told {
  inLab: boolean
  lab: Pick<Lab, 'part'>
  notices: Notices
  announcer: Announcer
}

/** Tells how a run has ended: aloud in the Lab, and by a notice to whoever has gone back to the documents. */
export function tellRunEnd({ run, failure, done, planned }: Running, app: Told): void {
  if (!run) return
  const { name } = run
  const text = failure
    ? `${name}: ${errorText(failure)}`
    : done < planned
      ? t('labRuns.endStopped', { name, done, planned })
      : t('labRuns.endFinished', { name })
  if (app.inLab) return app.announcer.say(text)
  const open = () => {
    app.lab.part = 'runs'
    app.inLab = true
  }
  app.notices.show(text, { action: { label: t('labRuns.show'), run: open }, ...(failure && { kind: 'failure' }) })
}
