import type { Applied, Receipt } from '@alo/runtime';

/** What is seen of a partition: its journal, R in Redis, and C, its last receipt. */
export type SeenPartition = {
  readonly partition: number;
  /** Of the journal. */
  readonly first: number;
  readonly end: number;
  readonly applied: Applied | undefined;
  readonly receipt: Receipt | undefined;
  /** Is the record before R the one that the states were made from? Undefined where that cannot be told. */
  readonly isSameRecord: boolean | undefined;
  /** Is something committed in its output partitions? Only looked at where there is no receipt. */
  readonly hasOutputs: boolean;
};

export type Misfit = { readonly problem: string; readonly mend: string };

const sameLog =
  'let KAFKA_BROKERS, KAFKA_TOPIC_PREFIX, REDIS_URL and REDIS_KEY_PREFIX name what belongs together; if the topics were made anew, give another REDIS_KEY_PREFIX';

type Check = (seen: SeenPartition) => Misfit | false | undefined;

const compare = (a: { offset: number; step: number }, b: { offset: number; step: number }) =>
  a.offset - b.offset || a.step - b.step;

const checks: readonly Check[] = [
  ({ applied, end }) =>
    applied !== undefined &&
    applied.offset > end && {
      problem: `the states in Redis are at offset ${applied.offset}, past the end of the journal (${end}): they are of another journal`,
      mend: sameLog,
    },
  ({ receipt, end }) =>
    receipt !== undefined &&
    receipt.offset > end && {
      problem: `the last receipt is at offset ${receipt.offset}, past the end of the journal (${end}): it is of another journal`,
      mend: 'the journal has lost its end, or was made anew: restore it, or begin with new topics and another KAFKA_TOPIC_PREFIX',
    },
  ({ isSameRecord, applied }) =>
    isSameRecord === false && {
      problem: `the journal holds another record at offset ${(applied as Applied).offset - 1} than the one that the states were made from`,
      mend: sameLog,
    },
  ({ applied, first }) =>
    (applied?.offset ?? 0) < first && {
      problem: `the journal begins at offset ${first}, and ${applied ? `offset ${applied.offset} is the next to be folded` : 'Redis knows nothing of the partition'}: what lies between is gone`,
      mend: 'restore Redis from a copy that stands at or after that offset: nothing is folded from the middle',
    },
  ({ applied, receipt }) =>
    applied !== undefined &&
    receipt !== undefined &&
    compare(applied, receipt) >= 0 &&
    (applied.count !== receipt.count || applied.digest !== receipt.digest) && {
      problem: `the states in Redis know of ${applied.count} outputs up to offset ${applied.offset}, and the last receipt of ${receipt.count} up to offset ${receipt.offset}: they do not belong together`,
      mend: sameLog,
    },
  ({ applied, receipt }) =>
    applied !== undefined &&
    receipt === undefined &&
    applied.count > 0 && {
      problem: `the states in Redis know of ${applied.count} outputs, and there is no receipt`,
      mend: sameLog,
    },
  ({ receipt, hasOutputs }) =>
    receipt === undefined &&
    hasOutputs && {
      problem: 'there are outputs and no receipt: an engine would say again what was said',
      mend: 'the topic of receipts was emptied or made anew: restore it, or begin with new topics and another KAFKA_TOPIC_PREFIX',
    },
];

/** In what journal, R and C of a partition do not fit together: each would stop an engine. */
export const misfits = (seen: SeenPartition): Misfit[] =>
  checks.map((check) => check(seen)).filter((found) => found !== false && found !== undefined);
