import { setTimeout as delay } from 'node:timers/promises';
import { InfrastructureError } from '@alo/runtime';
import {
  consumeSources,
  emptyPartitions,
  type JournalWriter,
  missingTopics,
  openJournalWriter,
  recordsPassedOver,
  type SourceConsumer,
} from '@alo/runtime/live';
import type { IntakeConfig } from './intake-schema.ts';
import { prepareTopic } from './source-topic.ts';
import { type Outcome, takeRecords } from './take-records.ts';
import type { Teller } from './teller.ts';

type Kafka = Parameters<typeof openJournalWriter>[0];

export type IntakeOptions = {
  readonly kafka: Kafka;
  readonly intake: IntakeConfig;
  readonly hmacKey: string;
  readonly journal: string;
  readonly deadLetters: string;
  readonly groupId: string;
  readonly sessionTimeoutMs: number;
  readonly teller: Teller;
  readonly count: (topic: string, outcome: Outcome, records: number) => void;
};

/** Who waits, when nothing can be read at all. */
const wholeIntake = 'intake';
/** Who waits, when a topic of the operator's is missing and others are not. */
const missingTopic = 'a topic';
const partitionName = (topic: string, partition: number): string => `${topic}/${partition}`;

const listed = (names: readonly (string | number)[]): string => names.join(', ');

/** The operator's topics: those that there are, and those that there are not yet. */
type Sources = { readonly there: readonly string[]; readonly missing: readonly string[] };

const noTopic = (missing: readonly string[]): string => `there is no topic ${listed(missing)}`;

/**
 * What must be there before anything is read: alo's own topics, one of the operator's, and a policy. Rejects with
 * InfrastructureError that says what is not.
 */
const findSources = async ({ kafka, intake, journal, deadLetters }: IntakeOptions): Promise<Sources> => {
  const sources = Object.keys(intake.topics);
  const missing = new Set(await missingTopics(kafka, [...sources, journal, deadLetters]));
  const there = sources.filter((topic) => !missing.has(topic));
  if (there.length === 0 || missing.has(journal) || missing.has(deadLetters)) {
    throw new InfrastructureError(noTopic([...missing]));
  }
  const empty = await emptyPartitions(kafka, journal);
  if (empty.length > 0) {
    throw new InfrastructureError(
      `${journal} has no policy in partition ${listed(empty)}, and a policy must be its first record: "alo policy publish" writes it`,
    );
  }
  return { there, missing: [...missing] };
};

/** Records that went before they were read are lost to alo: nobody may learn that by chance. */
const tellPassedOver = async ({ kafka, groupId, teller }: IntakeOptions, sources: readonly string[]): Promise<void> => {
  for (const { topic, partition, from, to } of await recordsPassedOver(kafka, groupId, sources)) {
    teller.lost(
      `records ${from} to ${BigInt(to) - 1n} of ${topic}/${partition} were deleted before intake had read them`,
    );
  }
};

/** A topic that is missing holds up no other. */
const tellMissing = (teller: Teller, { there, missing }: Sources): void => {
  if (missing.length > 0) teller.waits(missingTopic, `${noTopic(missing)} (read meanwhile: ${listed(there)})`);
};

const consume = (options: IntakeOptions, sources: Sources, writer: JournalWriter): Promise<SourceConsumer> => {
  const { kafka, intake, groupId, sessionTimeoutMs, teller, count } = options;
  const topics = new Map(Object.entries(intake.topics).map(([name, config]) => [name, prepareTopic(config)]));
  return consumeSources(kafka, {
    groupId,
    topics: sources.there,
    sessionTimeoutMs,
    take: async (records) => {
      await takeRecords(records, {
        ...options,
        topics,
        writer,
        count: (topic, outcome, those) => {
          if (those.length === 0) return;
          count(topic, outcome, those.length);
          const [{ partition, offset } = { partition: 0, offset: '' }] = those;
          if (outcome === 'dead-letter')
            teller.refused(topic, those.length, `${partitionName(topic, partition)}/${offset}`);
        },
      });
      teller.goesOn(wholeIntake);
    },
    onPause: (topic, partition, reason) => teller.waits(partitionName(topic, partition), reason),
    onResume: (topic, partition) => teller.goesOn(partitionName(topic, partition)),
    onAssigned: () => {
      teller.begins();
      tellMissing(teller, sources);
    },
  });
};

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

const lookEveryMs = 5000;

/** Resolves when a topic that is missing has come, or with the signal. */
const oneHasCome = async ({ kafka, teller }: IntakeOptions, sources: Sources, signal: AbortSignal): Promise<void> => {
  const { missing } = sources;
  if (missing.length === 0) return aborted(signal);
  while (!signal.aborted && (await missingTopics(kafka, missing)).length === missing.length) {
    tellMissing(teller, sources);
    await delay(lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
};

/** Reads until it is asked to stop, or there is more to read; rejects with what keeps it from reading. */
const readOnce = async (options: IntakeOptions, signal: AbortSignal): Promise<void> => {
  const sources = await findSources(options);
  await tellPassedOver(options, sources.there);
  const writer = await openJournalWriter(options.kafka, [options.journal, options.deadLetters]);
  try {
    if (signal.aborted) return;
    const consumer = await consume(options, sources, writer);
    const over = new AbortController();
    try {
      const stopped = AbortSignal.any([signal, over.signal]);
      await Promise.race([consumer.ended, aborted(signal), oneHasCome(options, sources, stopped)]);
    } finally {
      over.abort();
      await consumer.stop();
    }
  } finally {
    await writer.close().catch(() => undefined);
  }
};

const waitMsMin = 250;
const waitMsMax = 5000;
/** Who has read for so long begins anew to wait briefly. */
const steadyMs = 30_000;

/**
 * Reads the operator's topics into the journal until it is asked to stop. What passes by itself (brokers that are not
 * there, topics that are missing, a journal without a policy) is waited for. Rejects only with what is a bug.
 */
export const runIntake = async (options: IntakeOptions, signal: AbortSignal): Promise<void> => {
  for (let waitMs = waitMsMin; !signal.aborted; waitMs = Math.min(waitMsMax, waitMs * 2)) {
    const startedMs = performance.now();
    try {
      await readOnce(options, signal);
    } catch (error) {
      if (!(error instanceof InfrastructureError)) throw error;
      if (!signal.aborted) options.teller.waits(wholeIntake, error.message);
    }
    if (performance.now() - startedMs > steadyMs) waitMs = waitMsMin;
    await delay(waitMs, undefined, { signal }).catch(() => undefined);
  }
};
