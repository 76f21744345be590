import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { mountsOf, root, serviceOf, services, textOf } from './compose-file.ts';
import { isMetric, labelsByMetric, metricOf } from './metrics.ts';

type Rule = {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
};
type Alerts = { readonly groups: readonly { readonly rules: readonly Rule[] }[] };
type Panel = {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly description?: string;
  readonly targets?: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
};
type Dashboard = { readonly panels: readonly Panel[] };
type Endpoints = { readonly names?: readonly string[]; readonly port?: number; readonly targets?: readonly string[] };
type Scraping = {
  readonly rule_files: readonly string[];
  readonly scrape_configs: readonly {
    readonly job_name: string;
    readonly dns_sd_configs?: readonly Endpoints[];
    readonly static_configs?: readonly Endpoints[];
  }[];
};
type DataSources = { readonly datasources: readonly { readonly uid: string; readonly url: string }[] };

const yamlOf = (file: string): unknown => parse(textOf(file));
const rules = (yamlOf('infra/prometheus/alerts.yml') as Alerts).groups.flatMap((group) => group.rules);
const scraping = yamlOf('infra/prometheus/prometheus.yml') as Scraping;
const { panels } = JSON.parse(textOf('infra/grafana/dashboards/alo.json')) as Dashboard;
const charts = panels.filter(({ type }) => type !== 'row');
const { datasources } = yamlOf('infra/grafana/provisioning/datasources/datasources.yaml') as DataSources;
const queries = [
  ...rules.map(({ alert, expr }) => ({ where: `alert ${alert}`, expr })),
  ...charts.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ where: `panel ${title}`, expr }))),
];

const metricsIn = (expr: string): string[] => [...expr.matchAll(/\balo_\w+/g)].map(([name]) => metricOf(name));
const withoutRanges = (expr: string) => expr.replace(/\[[^\]]*\]/g, '');
const labelsIn = (expr: string): string[] => [
  ...[...withoutRanges(expr).matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(/, */)),
  ...[...withoutRanges(expr).matchAll(/[{,]\s*(\w+)\s*(?:=~|!~|!=|=)"/g)].map(([, name]) => name as string),
];
const histograms = [...labelsByMetric.keys()].filter((name) => name.endsWith('_seconds'));

describe.each(queries)('$where', ({ expr }) => {
  test('asks for metrics that there are', () => {
    expect(metricsIn(expr).filter((name) => !isMetric(name))).toEqual([]);
    expect(/\balo_|\bup\b/.test(expr)).toBe(true);
  });

  test('asks for labels that these metrics have', () => {
    const known = [
      ...metricsIn(expr).flatMap((name): readonly PropertyKey[] => labelsByMetric.get(name) ?? []),
      'le',
      ...(/\bup\b/.test(expr) ? ['job'] : []),
    ];
    expect(labelsIn(expr).filter((label) => !known.includes(label))).toEqual([]);
  });

  test('takes a histogram by its parts, and nothing else', () => {
    const wholes = histograms.filter((name) => new RegExp(`\\b${name}\\b(?!_)`).test(expr));
    const parts = [...expr.matchAll(/\b(alo_\w+)_(?:bucket|sum|count)\b/g)].map(([, name]) => name as string);
    expect(wholes).toEqual([]);
    expect(parts.filter((name) => !histograms.includes(name))).toEqual([]);
  });
});

describe('the dashboard', () => {
  test('shows every metric', () => {
    const shown = new Set(charts.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => metricsIn(expr))));
    expect([...labelsByMetric.keys()].filter((name) => !shown.has(name))).toEqual([]);
  });

  test('says of each panel what it shows, and asks a data source that there is', () => {
    expect(charts.filter(({ description = '' }) => description === '')).toEqual([]);
    const uids = charts.flatMap(({ targets = [] }) => targets.map(({ datasource }) => datasource.uid));
    expect(uids.filter((uid) => !datasources.some((source) => source.uid === uid))).toEqual([]);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });
});

describe('the alerts', () => {
  test('watch for lag, a stopped partition, failing recoveries, slow steps and missing ticks', () => {
    const watched = new Set(rules.flatMap(({ expr }) => metricsIn(expr)));
    expect([...watched]).toEqual(
      expect.arrayContaining([
        ...['alo_partition_lag_records', 'alo_partition_state', 'alo_recoveries_total'],
        ...['alo_step_duration_seconds', 'alo_ticks_total'],
      ]),
    );
  });

  test('have a name of their own, a severity and a sentence', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    expect(rules.filter(({ labels }) => !/^(critical|warning)$/.test(labels.severity))).toEqual([]);
    expect(rules.filter(({ annotations }) => !/\.$/.test(annotations.summary))).toEqual([]);
  });

  test('are in the files that Prometheus reads', () => {
    const files = globSync('infra/prometheus/*', { cwd: root }).map((file) => basename(file));
    expect(files.sort()).toEqual(['prometheus.yml', ...scraping.rule_files].sort());
  });
});

describe('Prometheus', () => {
  const asked = scraping.scrape_configs.map(({ job_name, dns_sd_configs = [], static_configs = [] }) => ({
    job: job_name,
    hosts: [
      ...dns_sd_configs.flatMap(({ names = [], port }) => names.map((name) => `${name}:${port}`)),
      ...static_configs.flatMap(({ targets = [] }) => targets),
    ],
  }));

  test('asks every service that has metrics, at the port where it gives them', () => {
    const given = services.flatMap(({ name, environment }) =>
      environment?.ALO_HTTP_PORT === undefined ? [] : [`${name}:${environment.ALO_HTTP_PORT}`],
    );
    expect(given).toHaveLength(3);
    expect(asked.flatMap(({ hosts }) => hosts)).toEqual(expect.arrayContaining(given));
  });

  test('asks nobody who is not there, under the name that the alerts use', () => {
    expect(
      asked.filter(({ job, hosts }) => hosts.some((host) => serviceOf(host.split(':')[0]!)?.name !== job)),
    ).toEqual([]);
    const jobs = rules.flatMap(({ expr }) =>
      [...expr.matchAll(/job=~?"([^"]*)"/g)].flatMap(([, names = '']) => names.split('|')),
    );
    expect(jobs.filter((name) => !asked.some(({ job }) => job === name))).toEqual([]);
  });
});

type Pipeline = Readonly<Record<'receivers' | 'processors' | 'exporters', readonly string[]>>;
type Collector = Readonly<Record<'receivers' | 'processors' | 'exporters', Readonly<Record<string, unknown>>>> & {
  readonly service: { readonly pipelines: Readonly<Record<string, Pipeline>> };
};

describe('the collector', () => {
  const collector = yamlOf('infra/otel/collector.yaml') as Collector;
  const kinds = ['receivers', 'processors', 'exporters'] as const;

  test.each(kinds)('has the %s that its pipelines name, and uses all that it has', (kind) => {
    const used = new Set(Object.values(collector.service.pipelines).flatMap((pipeline) => pipeline[kind]));
    expect([...used].sort()).toEqual(Object.keys(collector[kind]).sort());
  });

  test('is where the services send to, and sends to where Tempo listens', () => {
    const sent = services.flatMap(({ environment }) => environment?.OTEL_EXPORTER_OTLP_ENDPOINT ?? []);
    expect(new Set(sent)).toEqual(new Set(['http://collector:4318']));
    expect(textOf('infra/otel/collector.yaml')).toContain('http: { endpoint: 0.0.0.0:4318 }');
    expect(collector.exporters['otlp_grpc/tempo']).toMatchObject({ endpoint: 'tempo:4317' });
    expect(textOf('infra/tempo/tempo.yaml')).toContain('grpc: { endpoint: 0.0.0.0:4317 }');
  });
});

test.each([
  { name: 'collector', argument: /^--config=(.*)/ },
  { name: 'tempo', argument: /^-config\.file=(.*)/ },
  { name: 'prometheus', argument: /^--config\.file=(.*)/ },
  { name: 'redis', argument: /^(\/.*\.conf)$/ },
])('$name reads the file that is mounted', ({ name, argument }) => {
  const service = serviceOf(name);
  const file = service.command!.map((part) => argument.exec(part)?.[1]).find((path) => path !== undefined)!;
  const mounted = mountsOf(service).filter(({ isPath, to }) => isPath && (file === to || file.startsWith(`${to}/`)));
  expect(mounted).toHaveLength(1);
});

test('Grafana finds its data sources where they are', () => {
  const hosts = datasources.map(({ url }) => new URL(url).hostname);
  expect(hosts.filter((host) => serviceOf(host) === undefined)).toEqual([]);
});
