import type { RefusalCode } from '@alo/contracts';
import type { Meter } from '@opentelemetry/api';
import type { PartitionCondition } from '../partition-worker.ts';
import { metricNames } from './metric-names.ts';

type OfPartition = { readonly partition: number };

/** Bounds of histograms, in seconds: close where a target lies, and as far as a value may go. */
const seconds = {
  step: [0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.25, 0.5, 1, 2, 4, 8, 16],
  delay: [
    0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05, 0.065, 0.08, 0.1, 0.15, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300,
    3600, 86_400, 604_800,
  ],
  recovery: [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800],
};

const inSeconds = (description: string, explicitBucketBoundaries: number[]) => ({
  description,
  unit: 's',
  advice: { explicitBucketBoundaries },
});

/** What is measured. A label is a number, or a word of a short list: never anything of a subscriber. */
export const makeInstruments = (meter: Meter) => ({
  partitionLag: meter.createGauge<OfPartition>(metricNames.partitionLag, {
    description: 'Records of the journal that are not folded yet; 0 where the partition was given up',
    unit: '{record}',
  }),
  partitionState: meter.createGauge<OfPartition & { readonly state: PartitionCondition['kind'] }>(
    metricNames.partitionState,
    { description: '1 for the state that the partition is in, 0 for each other' },
  ),
  stepDuration: meter.createHistogram(
    metricNames.stepDuration,
    inSeconds('From the delivery of records until what came of them is published and applied', seconds.step),
  ),
  eventDelay: meter.createHistogram(
    metricNames.eventDelay,
    inSeconds('From when an event happened until the trigger that it caused was published', seconds.delay),
  ),
  publicationDelay: meter.createHistogram(
    metricNames.publicationDelay,
    inSeconds('From when a record was appended to the journal until a trigger of it was published', seconds.delay),
  ),
  dueLate: meter.createHistogram(
    metricNames.dueLate,
    inSeconds('From when something fell due until its trigger was published', seconds.delay),
  ),
  triggers: meter.createCounter<{ readonly type: string }>(metricNames.triggers, {
    description: 'Triggers that were published, standing among them',
  }),
  refusals: meter.createCounter<{ readonly code: RefusalCode }>(metricNames.refusals, {
    description: 'Records that were refused and went to the dead letters',
  }),
  recoveries: meter.createCounter<OfPartition & { readonly outcome: 'recovered' | 'paused' | 'stopped' }>(
    metricNames.recoveries,
    { description: 'Recoveries of a partition by how they ended: those that were paused are tried again' },
  ),
  recoveryDuration: meter.createHistogram(
    metricNames.recoveryDuration,
    inSeconds('How long a recovery took that succeeded', seconds.recovery),
  ),
  kafkaErrors: meter.createCounter<{ readonly operation: string }>(metricNames.kafkaErrors, {
    description: 'Calls to the log that failed',
  }),
  redisErrors: meter.createCounter<{ readonly operation: string }>(metricNames.redisErrors, {
    description: 'Calls to the states that failed',
  }),
  ticks: meter.createCounter(metricNames.ticks, { description: 'Ticks that were written' }),
  intakeRecords: meter.createCounter<{ readonly topic: string; readonly outcome: string }>(metricNames.intakeRecords, {
    description: "Records of an operator's topics by what became of them",
  }),
});

export type Instruments = ReturnType<typeof makeInstruments>;
