import { setTimeout as delay } from 'node:timers/promises';
import { topics } from '@alo/contracts';
import { openJournalWriter, tailCommitted } from '@alo/runtime/live';
import type { Kafka } from 'kafkajs';

export type Latency = {
  readonly triggers: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly lost: number;
};

const everyMs = 10;
const settleMs = 3000;
/** What is sent before is not counted: both programs compile themselves while they run. */
const warmUpSeconds = 10;
/** One in so many events is a first charge that makes somebody vip. */
const triggerEvery = 10;

const charge = (id: string, subject: string, amount: number): string =>
  JSON.stringify({
    specversion: '1.0',
    id,
    source: '/bench',
    type: 'alo.usage.charged.v1',
    subject,
    time: new Date().toISOString(),
    data: { amount, currency: 'VND', service: 'data' },
  });

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

/** Follows committed records, and has each told once it is there. */
const followed = async (
  kafka: Kafka,
  topic: string,
  partitions: number,
  onRecord: (text: string, appendedAt: number) => void,
  signal: AbortSignal,
): Promise<void> => {
  await new Promise<void>((resolve, reject) => {
    tailCommitted(kafka, {
      topics: [topic],
      fromBeginning: false,
      signal,
      onRecords: async (records) => {
        for (const { record } of records) onRecord(String(record.value), record.timestamp);
      },
      onFollowing: (count) => count >= partitions && resolve(),
      onProblem: (problem) => reject(new Error(problem)),
    }).catch(reject);
  });
};

/**
 * Sends so many events a second, and measures from the append of a charge until the trigger that it causes can be
 * read as committed. `causeOf` finds the id of the charge in a trigger.
 */
export const measureLatency = async (
  kafka: Kafka,
  options: {
    readonly prefix: string;
    readonly partitions: number;
    readonly triggerTopic: string;
    readonly causeOf: (trigger: {
      data?: { because?: { cause?: { id?: string } } };
      id?: string;
    }) => string | undefined;
    readonly perSecond: number;
    readonly seconds: number;
  },
): Promise<Latency> => {
  const { prefix, partitions, triggerTopic, causeOf, perSecond, seconds } = options;
  const journal = `${prefix}${topics.journal}`;
  const over = new AbortController();
  const appended = new Map<string, number>();
  const readable = new Map<string, number>();
  await followed(kafka, journal, partitions, (text, at) => appended.set(JSON.parse(text).id, at), over.signal);
  await followed(
    kafka,
    triggerTopic,
    partitions,
    (text) => {
      const id = causeOf(JSON.parse(text));
      if (id !== undefined && !readable.has(id)) readable.set(id, Date.now());
    },
    over.signal,
  );
  const writer = await openJournalWriter(kafka, [journal]);
  const expected: string[] = [];
  const batch = (perSecond * everyMs) / 1000;
  const startedMs = performance.now();
  for (let n = 0; n < perSecond * (warmUpSeconds + seconds); n += batch) {
    const events = Array.from({ length: batch }, (_, i) => {
      const number = n + i;
      const id = `${prefix}${startedMs}-${number}`;
      const isTrigger = number % triggerEvery === 0;
      if (isTrigger && number >= perSecond * warmUpSeconds) expected.push(id);
      const subject = isTrigger ? `new-${id}` : `s-${number % 5000}`;
      return { key: subject, value: Buffer.from(charge(id, subject, isTrigger ? 1_000_000 : 10)) };
    });
    void writer.write(journal, events);
    await delay(Math.max(0, startedMs + (n + batch) * (1000 / perSecond) - performance.now()));
  }
  await delay(settleMs);
  over.abort();
  await writer.close();
  const sorted = expected
    .flatMap((id) => {
      const [from, to] = [appended.get(id), readable.get(id)];
      return from === undefined || to === undefined ? [] : [to - from];
    })
    .sort((a, b) => a - b);
  return {
    triggers: sorted.length,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    lost: expected.length - sorted.length,
  };
};
