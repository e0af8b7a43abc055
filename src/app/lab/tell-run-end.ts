import { errorText, t } from '../../i18n/i18n.svelte'
import type { App } from '../app.svelte'
import type { Running } from './running.svelte'

/** Tells how a run has ended: aloud in the Lab, and by a notice to whoever has gone back to the documents. */
export function tellRunEnd(
  { run, failure, done, planned }: Running,
  app: Pick<App, 'inLab' | 'lab' | 'notices' | 'announcer'>,
): void {
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
