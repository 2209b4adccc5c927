import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Meter } from '@opentelemetry/api'
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { parse } from 'yaml'
import { type HealthMessage, moments, type Traces, traced, traces } from '../../src/core/index.js'
import { listen } from '../../src/telemetry/listen.js'
import { createMetrics } from '../../src/telemetry/metrics.js'
import { anchorsOf, codeIn, documentAt, repository, tableUnder } from './markdown.js'

const page = documentAt('docs/concepts/monitoring.md')
const example = (name: string): string => readFileSync(join(repository, 'examples/monitoring', name), 'utf8')

interface Made {
  readonly name: string
  readonly kind: 'counter' | 'histogram' | 'gauge'
  readonly unit?: string | undefined
}

/** The instruments that the code makes. */
const made = ((): readonly Made[] => {
  const all: Made[] = []
  const keep =
    (kind: Made['kind']) =>
    (name: string, { unit }: { readonly unit?: string } = {}) => {
      all.push({ name, kind, unit })
      return { add: () => {}, record: () => {}, addCallback: () => {}, removeCallback: () => {} }
    }
  const meter: Pick<Meter, 'createCounter' | 'createHistogram' | 'createObservableGauge'> = {
    createCounter: keep('counter'),
    createHistogram: keep('histogram'),
    createObservableGauge: keep('gauge'),
  }
  createMetrics(meter)
  return all
})()

/** Names as OpenTelemetry's rules for Prometheus have them. */
const prometheusNames = ({ name, kind, unit }: Made): readonly string[] => {
  const base = `${name.replaceAll('.', '_')}${unit === 's' ? '_seconds' : ''}`
  if (kind === 'counter') return [`${base}_total`]
  return kind === 'gauge' ? [base] : ['_bucket', '_count', '_sum'].map((end) => `${base}${end}`)
}

/** The labels that each metric has, by the page. */
const labels = new Map(
  tableUnder(page, 'Metrics').flatMap((row) => {
    const metric = made.find(({ name }) => name === codeIn(row.Metric)[0])
    const of = codeIn(row.Attributes).map((attribute) => attribute.replaceAll('.', '_'))
    return metric === undefined ? [] : prometheusNames(metric).map((name) => [name, of] as const)
  }),
)

const isMetric = /\b(?:paymux|http_client)_[a-z_]+\b(?=\s*[{[)\s]|$)/g

/** The metrics in an expression, and the labels that it asks them for. */
const readExpression = (expression: string) => {
  const selected = [...expression.matchAll(/\b((?:paymux|http_client)_[a-z_]+)\{([^}]*)\}/g)]
  const grouped = [...expression.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(', '))
  return {
    metrics: [...new Set(expression.replace(/\{[^}]*\}/g, ' ').match(isMetric) ?? [])].filter(
      (name) => !grouped.includes(name),
    ),
    asked: [
      ...selected.flatMap(([, metric = '', matchers = '']) =>
        [...matchers.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => ({ metric, label })),
      ),
      ...grouped.filter((label) => label !== 'le').map((label) => ({ metric: undefined, label })),
    ],
  }
}

const isAsked = ({ metric, label }: { metric: string | undefined; label: string }, metrics: readonly string[]) =>
  (metric === undefined ? metrics : [metric]).every((name) => labels.get(name)?.includes(label))

interface Alert {
  readonly alert: string
  readonly expr: string
  readonly annotations: Readonly<Record<string, string>>
}

const alerts: readonly Alert[] = parse(example('rules.yml')).groups.flatMap(
  ({ rules }: { rules: readonly Alert[] }) => rules,
)

interface Panel {
  readonly title: string
  readonly type: string
  readonly description?: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: readonly { readonly expr: string }[]
}

const panels: readonly Panel[] = JSON.parse(example('dashboard.json')).panels
const expressions = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })))

const runbookOf = (text: string): string | undefined => /docs\/concepts\/monitoring\.md#(\w+)/.exec(text)?.[1]

describe('docs/concepts/monitoring.md', () => {
  it('lists the metrics with their kinds and units', () => {
    expect(
      tableUnder(page, 'Metrics').map((row) => ({ name: codeIn(row.Metric)[0], kind: row['Kind, unit'] })),
    ).toEqual(made.map(({ name, kind, unit }) => ({ name, kind: unit === 's' ? `${kind}, s` : kind })))
  })

  it('lists the channels', () => {
    const listed = (kind: string) =>
      tableUnder(page, 'Channels')
        .filter(({ Kind }) => Kind === kind)
        .map(({ Channel }) => codeIn(Channel)[0])
    expect(listed('tracing')).toEqual(Object.keys(traces).map((name) => `paymux:${name}`))
    expect(listed('message')).toEqual(Object.keys(moments).map((name) => `paymux:${name}`))
  })

  it('says what to do about each alert, in the order of the rules', () => {
    const headings = page.lines.flatMap((line) => /^### (Paymux\w+)$/.exec(line)?.[1] ?? [])
    expect(headings).toEqual(alerts.map(({ alert }) => alert))
  })
})

describe('the alert rules', () => {
  it.each(alerts)(
    'name what the code makes, and where it is told what to do: $alert',
    ({ alert, expr, annotations }) => {
      const { metrics, asked } = readExpression(expr)
      expect(metrics.length).toBeGreaterThan(0)
      expect(metrics.filter((name) => !labels.has(name))).toEqual([])
      expect(asked.filter((one) => !isAsked(one, metrics))).toEqual([])
      expect(annotations.summary).toBeDefined()
      expect(runbookOf(annotations.runbook ?? '')).toBe(alert.toLowerCase())
      expect(anchorsOf(page)).toContain(alert.toLowerCase())
    },
  )
})

describe('the dashboard', () => {
  it.each(expressions)('shows what the code makes: $title', ({ expr }) => {
    const { metrics, asked } = readExpression(expr)
    expect(metrics.length).toBeGreaterThan(0)
    expect(metrics.filter((name) => !labels.has(name))).toEqual([])
    expect(asked.filter((one) => !isAsked(one, metrics))).toEqual([])
  })

  it('shows every metric', () => {
    const shown = new Set(expressions.flatMap(({ expr }) => readExpression(expr).metrics))
    expect(made.filter((metric) => !prometheusNames(metric).some((name) => shown.has(name)))).toEqual([])
  })

  it('leads to the runbook', () => {
    const runbooks = panels.flatMap(({ description = '' }) => runbookOf(description) ?? [])
    expect(new Set(runbooks).size).toBeGreaterThan(9)
    expect(runbooks.filter((anchor) => !anchorsOf(page).includes(anchor))).toEqual([])
  })

  it('has no panel over another', () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, n) => `${x + (n % w)} ${y + Math.floor(n / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
  })
})

describe('examples/monitoring/prometheus.yml', () => {
  const healthy: HealthMessage = {
    at: 2,
    store: { reachable: true, clockOffsetMs: 1 },
    status: 'ok',
    reasons: [],
    accounts: {
      main: {
        dueReads: 1,
        oldestDueAt: 1,
        failingSince: 1,
        reconciliation: { comparedTo: 1, missingInLedger: 0, staleInLedger: 0 },
      },
    },
    unresolvedOperations: 1,
    undeliveredEvents: 1,
    oldestUndeliveredAt: 1,
    oldestIndeterminateAt: 1,
  }

  const done = <Name extends keyof Traces>(name: Name, trace: Traces[Name]) =>
    traced(
      name,
      () => trace,
      async () => undefined,
      () => ({}),
    )

  /** The names that the exporter of the JavaScript SDK gives what the code makes. */
  const exported = async (): Promise<readonly string[]> => {
    const exporter = new PrometheusExporter({ preventServerStart: true })
    const provider = new MeterProvider({ readers: [exporter] })
    const metrics = createMetrics(provider.getMeter('paymux'))
    const end = listen(metrics, (error) => {
      throw error
    })
    await done('operation', { operation: 'refund' })
    await done('exchange', { exchange: 'a.b.c', method: 'GET', effect: 'reads', retryCount: 0 })
    await done('notification', {})
    await done('delivery', { type: 'payment.succeeded', subscriber: 'books', tries: 0 })
    await done('commit', { store: 'sqlite', writes: 1 })
    moments.transition.publish(() => ({ kind: 'payment', account: 'main', to: 'succeeded', evidence: 'read' }))
    moments.health.publish(() => healthy)
    const { resourceMetrics } = await exporter.collect()
    end()
    metrics.stop()
    const text = new PrometheusSerializer().serialize(resourceMetrics)
    const names = text.split('\n').flatMap((line) => /^(\w+)\{.*otel_scope_name="paymux"/.exec(line)?.[1] ?? [])
    return [...new Set(names)]
  }

  it('makes of the names of the JavaScript exporter those of the rules', async () => {
    const [scraped] = parse(example('prometheus.yml')).scrape_configs
    const [relabeling, ...others] = scraped.metric_relabel_configs
    expect(others).toEqual([])
    // Prometheus anchors it.
    const renamed = (name: string): string =>
      name.replace(new RegExp(`^(?:${relabeling.regex})$`), (_match, base: string, end = '') =>
        String(relabeling.replacement).replace(`\${1}`, base).replace(`\${2}`, end),
      )
    expect((await exported()).map(renamed).sort()).toEqual(made.flatMap(prometheusNames).sort())
  })
})
