import type { Doubt } from '../../app/models/device-room'
import type { Obstacle } from '../../engines/llm/webllm/device-fit'
import { formatBytes, formatNumber, t } from '../../i18n/i18n.svelte'

/** One sentence for each thing that speaks against a model. */
export const doubtTexts = (doubts: readonly Doubt[]): string[] =>
  doubts.map(({ about, needed, found }) => {
    const size = formatBytes(needed)
    if (about === 'disk') return t('models.tooLarge', { size, free: formatBytes(found) })
    return about === 'memory' ? t('models.takesTooMuch') : t('models.bufferSmall', { size, limit: formatBytes(found) })
  })

/** One sentence for each thing that keeps a model of MLC from running here. */
export const obstacleTexts = (obstacles: readonly Obstacle[]): string[] =>
  obstacles.map((obstacle) => {
    if (obstacle.kind === 'noAdapter') return t('models.obstacleNoAdapter')
    if (obstacle.kind === 'halfPrecision') return t('models.obstacleHalf')
    const { limit, needed, found } = obstacle
    if (limit === 'maxStorageBuffersPerShaderStage')
      return t('models.obstacleLimit', { limit, needed: formatNumber(needed), found: formatNumber(found) })
    return t('models.obstacleBuffer', { limit, needed: formatBytes(needed), found: formatBytes(found) })
  })
