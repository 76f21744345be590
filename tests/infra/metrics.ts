import type { Instruments } from '../../packages/runtime/src/telemetry/instruments.ts';
import { metricNames } from '../../packages/runtime/src/telemetry/metric-names.ts';

type LabelsOf<Instrument> = Instrument extends { add(value: number, labels?: infer Labels): void }
  ? keyof Labels
  : Instrument extends { record(value: number, labels?: infer Labels): void }
    ? keyof Labels
    : never;

/** The labels of each metric; the compiler compares them with those that it is recorded with. */
const labels: { readonly [Name in keyof Instruments]: readonly LabelsOf<Instruments[Name]>[] } = {
  partitionLag: ['partition'],
  partitionState: ['partition', 'state'],
  stepDuration: [],
  eventDelay: [],
  publicationDelay: [],
  dueLate: [],
  triggers: ['type'],
  refusals: ['code'],
  recoveries: ['partition', 'outcome'],
  recoveryDuration: [],
  kafkaErrors: ['operation'],
  redisErrors: ['operation'],
  ticks: [],
  intakeRecords: ['topic', 'outcome'],
};
/** What each metric is told apart by, by its name in Prometheus. */
export const labelsByMetric: ReadonlyMap<string, readonly PropertyKey[]> = new Map(
  Object.entries(metricNames).map(([name, metric]) => [metric as string, labels[name as keyof Instruments]]),
);

export const isMetric = (name: string): boolean => labelsByMetric.has(name);

/** The metric that a series belongs to: a histogram has three. */
export const metricOf = (series: string): string =>
  isMetric(series) ? series : series.replace(/_(bucket|sum|count)$/, '');
