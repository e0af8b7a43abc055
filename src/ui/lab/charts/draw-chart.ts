import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
  type ChartConfiguration,
  type ChartDataset,
  type Plugin,
} from 'chart.js'
import { formatMeasure, isShare } from '../names'
import { topOf, type ChartContent, type ChartSeries } from './chart-data'
import type { ChartColours } from './colours'

Chart.register(
  ...[BarController, BarElement, LineController, LineElement, PointElement],
  ...[CategoryScale, LinearScale, Legend, Tooltip],
)

/** Series are told apart by these too, not by colour alone. */
const SHAPES = ['circle', 'rect', 'triangle', 'rectRot', 'star', 'crossRot'] as const
const DASHES = [[], [6, 3], [2, 3], [8, 3, 2, 3]] as const

/** Half the width of an error bar's ends, in pixels. */
const CAP = 4

/** Draws a chart onto a canvas. Whoever draws destroys it. */
export function drawChart(canvas: HTMLCanvasElement, content: ChartContent, colours: ChartColours): Chart {
  return new Chart(canvas, configuration(content, colours, matchMedia('(prefers-reduced-motion: reduce)').matches))
}

type Configuration = ChartConfiguration<'bar' | 'line', (number | null)[], string>

function configuration(content: ChartContent, colours: ChartColours, still: boolean): Configuration {
  const { kind, measure, labels, series, axis } = content
  const format = (value: number) => formatMeasure(measure, value)
  const font = { family: colours.font }
  const ticks = { color: colours.ink, font }
  const top = topOf(content, isShare(measure))
  return {
    type: kind,
    data: { labels: [...labels], datasets: series.map((one, at) => datasetOf(kind, one, at, colours)) },
    plugins: [errorBars(series, colours)],
    options: {
      responsive: true,
      maintainAspectRatio: false,
      ...(still && { animation: false as const }),
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: { ticks, grid: { display: false }, title: { display: true, text: axis, color: colours.ink, font } },
        y: {
          beginAtZero: true,
          ...(top !== undefined && { max: top }),
          ticks: { ...ticks, callback: (value) => format(Number(value)) },
          grid: { color: colours.line },
        },
      },
      plugins: {
        legend: { labels: { color: colours.ink, font, usePointStyle: kind === 'line' } },
        tooltip: { callbacks: { label: ({ dataset, parsed }) => `${dataset.label ?? ''}: ${format(parsed.y ?? 0)}` } },
      },
    },
  }
}

function datasetOf(
  kind: ChartContent['kind'],
  { label, points, published = false, constant = false }: ChartSeries,
  at: number,
  colours: ChartColours,
): ChartDataset<'bar' | 'line', (number | null)[]> {
  const colour = colours.series[at % colours.series.length]!
  const data = points.map((point) => point?.value ?? null)
  if (kind === 'bar')
    return {
      ...{ label, data, borderColor: colour, borderWidth: 1 },
      backgroundColor: published ? hatched(colour, colours.surface, at) : colour,
    }
  return {
    ...{ type: 'line', label, data, borderColor: colour, backgroundColor: colour, borderWidth: 2 },
    borderDash: constant ? [4, 4] : [...DASHES[at % DASHES.length]!],
    pointStyle: constant ? false : SHAPES[at % SHAPES.length]!,
    ...{ pointRadius: 5, spanGaps: true },
  }
}

/** Strokes that lean to another side for every other series. */
function hatched(colour: string, ground: string, at: number): CanvasPattern | string {
  const size = 8
  const tile = new OffscreenCanvas(size, size)
  const context = tile.getContext('2d')
  if (!context) return ground
  context.fillStyle = ground
  context.fillRect(0, 0, size, size)
  context.strokeStyle = colour
  context.lineWidth = 2
  for (const shift of [-size, 0, size]) {
    context.moveTo(shift, at % 2 ? 0 : size)
    context.lineTo(shift + size, at % 2 ? size : 0)
  }
  context.stroke()
  return context.createPattern(tile, 'repeat') ?? ground
}

/** Draws the interval of each point over its bar or mark. */
const errorBars = (series: readonly ChartSeries[], colours: ChartColours): Plugin<'bar' | 'line'> => ({
  id: 'errorBars',
  afterDatasetsDraw(chart) {
    const { ctx, scales } = chart
    const { y } = scales
    if (!y) return
    ctx.save()
    ctx.strokeStyle = colours.ink
    ctx.lineWidth = 1.5
    ctx.beginPath()
    for (const [at, { points, constant }] of series.entries()) {
      if (constant || !chart.isDatasetVisible(at)) continue
      for (const [place, element] of chart.getDatasetMeta(at).data.entries()) {
        const { low, high } = points[place] ?? {}
        if (low === undefined || high === undefined || !(high > low)) continue
        const [from, to] = [y.getPixelForValue(low), y.getPixelForValue(high)]
        ctx.moveTo(element.x, from)
        ctx.lineTo(element.x, to)
        for (const end of [from, to]) {
          ctx.moveTo(element.x - CAP, end)
          ctx.lineTo(element.x + CAP, end)
        }
      }
    }
    ctx.stroke()
    ctx.restore()
  },
})
