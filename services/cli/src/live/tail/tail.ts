import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WrongUse } from '@alo/runtime';
import { missingTopics, type TailedRecord, tailCommitted } from '@alo/runtime/live';
import type { Interruption } from '../../run/interruption.ts';
import type { Kafka } from '../kafka.ts';

export type TailWish = {
  /** Whole names. */
  readonly topics: readonly string[];
  readonly fromBeginning: boolean;
  readonly asLine: (tailed: TailedRecord) => string;
  readonly interruption: Interruption;
  /** What is told beside the triggers: that they are followed, or why they cannot be now. */
  readonly onTold: (sentence: string) => void;
};

/** Waits while nobody reads what was written, but no longer than until a stop is asked for. */
const write = async (text: string, { asked }: Interruption): Promise<void> => {
  if (process.stdout.write(text)) return;
  await Promise.race([once(process.stdout, 'drain').catch(() => undefined), asked]);
};

/** Long enough for a reader who has read enough to go. */
const leavingMs = 20;

/**
 * That a reader has gone shows only in a write that fails. So the last line comes a little later than the rest: else
 * `head` would be waited for until the next trigger.
 */
const writeLines = async (lines: readonly string[], interruption: Interruption): Promise<void> => {
  const text = (some: readonly string[]) => some.map((line) => `${line}\n`).join('');
  if (lines.length > 1) {
    await write(text(lines.slice(0, -1)), interruption);
    await sleep(leavingMs);
  }
  if (interruption.reason() === undefined) await write(text(lines.slice(-1)), interruption);
};

const refuseMissing = async (kafka: Kafka, topics: readonly string[]): Promise<void> => {
  const missing = await missingTopics(kafka, topics);
  if (missing.length === 0) return;
  throw new WrongUse(
    `there is no topic ${missing.join(', ')}: alo topics create makes them (or KAFKA_TOPIC_PREFIX is another)`,
  );
};

/** Writes what comes on some topics, a line each, to standard output until a stop is asked for. */
export const tail = async (
  kafka: Kafka,
  { topics, fromBeginning, asLine, interruption, onTold }: TailWish,
): Promise<void> => {
  await refuseMissing(kafka, topics);
  const stopping = new AbortController();
  interruption.asked.then(() => stopping.abort());
  let problem: string | undefined;
  await tailCommitted(kafka, {
    topics,
    fromBeginning,
    signal: stopping.signal,
    onRecords: (records) => writeLines(records.map(asLine), interruption),
    onFollowing: (partitions) => {
      onTold(
        problem === undefined ? `listening to ${partitions} partitions of ${topics.join(', ')}` : 'Kafka answers again',
      );
      problem = undefined;
    },
    onProblem: (why) => {
      if (why !== problem) onTold(`Kafka does not answer, and is asked again: ${why}`);
      problem = why;
    },
  });
};
