import { setTimeout as sleep } from 'node:timers/promises';
import { topics as named } from '@alo/contracts';
import { WrongUse } from '@alo/runtime';
import {
  abortTransaction,
  type BoundedPart,
  describeTopics,
  fenceWriter,
  type KafkaSettings,
  type KnownTransaction,
  knownTransactions,
  type OpenTransaction,
  partitionBounds,
  transactionsOpenIn,
} from '@alo/runtime/live';
import { type Kafka, kafkaOf } from '../kafka.ts';
import { hangingTransactions, lookingWords, placeOf } from './hanging-transactions.ts';
import { outputTopics } from './see-partition.ts';

/** A partition whose transaction is to be ended. The topic is named whole, with its prefix. */
export type EndPlace = { readonly topic: string; readonly partition: number };

export type EndWish = {
  readonly settings: KafkaSettings;
  readonly places: readonly EndPlace[];
  /** What is open for longer than this hangs, in ms. */
  readonly waitMs: number;
  /** End it also where readers may lose what an engine counts as said. */
  readonly acceptsLoss: boolean;
  /** Told why something takes longer. */
  readonly onWait: (sentence: string) => void;
  /** Told of each as soon as it is decided. */
  readonly onEnding: (ending: Ending) => void;
};

/** What became of one partition's transaction, or why it was left as it is. */
export type Ending = EndPlace & {
  readonly isEnded: boolean;
  readonly transaction?: OpenTransaction;
  /** Where readers of committed records go on to, once it is ended. */
  readonly stable?: number;
  readonly sentence: string;
};

/** What was found out once for all of them. */
type Round = {
  readonly kafka: Kafka;
  readonly receiptsTopic: string;
  readonly acceptsLoss: boolean;
  readonly hanging: ReadonlyMap<string, BoundedPart>;
};

/** Receipts come last: a receipt that hangs still tells that its outputs may be undone, if this is cut short. */
const inOrder = (places: readonly EndPlace[], receipts: string): EndPlace[] => [
  ...places.filter(({ topic }) => topic !== receipts),
  ...places.filter(({ topic }) => topic === receipts),
];

/** @throws WrongUse where alo writes no transactions there. */
const refuseOthers = async (kafka: Kafka, places: readonly EndPlace[], prefix: string): Promise<void> => {
  const written = [...outputTopics, named.receipts].map((topic) => `${prefix}${topic}`);
  const found = new Map((await describeTopics(kafka, written)).map(({ name, partitions }) => [name, partitions]));
  for (const place of places) {
    if (place.partition < (found.get(place.topic) ?? 0)) continue;
    throw new WrongUse(
      `${placeOf(place)} is none of the partitions to which engines write in transactions: those are of ${written.join(', ')} (or KAFKA_TOPIC_PREFIX is another)`,
    );
  }
};

const transactionWords = ({ producerId, producerEpoch, fromOffset, lastWrittenAtMs }: OpenTransaction): string =>
  `the transaction of producer ${producerId} (epoch ${producerEpoch}), open from offset ${fromOffset} on and last written to ${Math.max(0, Math.round((Date.now() - lastWrittenAtMs) / 1000))} s ago`;

/** Why this transaction is not to be touched, if it is not. */
type Refusal = string | undefined;

/** What a coordinator knows is ended by it, now or when the producer's time is over. */
const refuseKnown = (known: readonly KnownTransaction[]): Refusal => {
  const unfinished = known.find(({ isUnfinished }) => isUnfinished);
  if (!unfinished) return undefined;
  const { coordinator, transactionalId, state } = unfinished;
  return `it is not lost: broker ${coordinator} coordinates it (${transactionalId}, ${state}) and ends it itself; if it does not within a minute, restart that broker`;
};

/**
 * A receipt is in the same transaction as what it counts. Where it hangs too, all is undone, and an engine says it
 * again. Where it does not, it may have been committed.
 */
const refuseLoss = async (
  { kafka, hanging, receiptsTopic, acceptsLoss }: Round,
  { producerId, partition, fromOffset, topic }: OpenTransaction,
): Promise<Refusal> => {
  if (acceptsLoss || topic === receiptsTopic) return undefined;
  const receipts = { topic: receiptsTopic, partition };
  const hangsFrom = hanging.get(placeOf(receipts))?.stable;
  const open = hangsFrom === undefined ? [] : await transactionsOpenIn(kafka, receipts);
  if (open.some((one) => one.producerId === producerId && one.fromOffset === hangsFrom)) return undefined;
  return `its receipt does not hang in ${placeOf(receipts)}: if that was committed, engines count as said what would be lost to readers. Read what lies there from offset ${fromOffset} on and hand it on by hand, then give --accept-loss (docs/operations.md, section 6)`;
};

const movesWithinMs = 15_000;
const pollMs = 100;

/** Where what is committed ends, once that is behind where the transaction began; undefined where it stays. */
const movedTo = async (kafka: Kafka, { topic, partition, fromOffset }: OpenTransaction) => {
  for (let waitedMs = 0; waitedMs <= movesWithinMs; waitedMs += pollMs) {
    const bounds = (await partitionBounds(kafka, [topic])).find((one) => one.partition === partition);
    if (bounds && bounds.stable > fromOffset) return bounds;
    await sleep(pollMs);
  }
  return undefined;
};

const endedWords = (transaction: OpenTransaction, { stable, end }: BoundedPart): string => {
  const ended = `ended as aborted: ${transactionWords(transaction)}; readers of committed records go on to offset ${stable}`;
  return stable < end ? `${ended}, where the next transaction is open: look again` : ended;
};

/** Its writer is fenced first: it could have begun the next one, which the abort would tear. */
const end = async (
  kafka: Kafka,
  transaction: OpenTransaction,
  known: readonly KnownTransaction[],
): Promise<Pick<Ending, 'isEnded' | 'stable' | 'sentence'>> => {
  for (const { transactionalId } of known) await fenceWriter(kafka, transactionalId);
  await abortTransaction(kafka, transaction);
  const bounds = await movedTo(kafka, transaction);
  if (bounds) return { isEnded: true, stable: bounds.stable, sentence: endedWords(transaction, bounds) };
  const sentence = `not ended: the broker took the end of ${transactionWords(transaction)}, and what is committed still ends at that offset after ${movesWithinMs / 1000} s`;
  return { isEnded: false, sentence };
};

const endIfLost = async (round: Round, { topic, partition, stable }: BoundedPart): Promise<Ending> => {
  const { kafka } = round;
  const place = { topic, partition };
  const transaction = (await transactionsOpenIn(kafka, place)).find(({ fromOffset }) => fromOffset === stable);
  if (!transaction) return { ...place, isEnded: false, sentence: 'not ended: the transaction has ended by itself' };
  const known = await knownTransactions(kafka, transaction.producerId);
  const refusal = refuseKnown(known) ?? (await refuseLoss(round, transaction));
  if (refusal === undefined) return { ...place, transaction, ...(await end(kafka, transaction, known)) };
  const sentence = `not ended: ${transactionWords(transaction)}: ${refusal}`;
  return { ...place, isEnded: false, transaction, sentence };
};

const notHanging = ({ topic, partition }: EndPlace, waitMs: number): Ending => ({
  topic,
  partition,
  isEnded: false,
  sentence: `not ended: no transaction is open there, or none for longer than ${waitMs / 1000} s`,
});

/** What hangs in these places, and in the receipts beside them. */
const hangingIn = async (
  kafka: Kafka,
  { places, waitMs, onWait }: EndWish,
  receiptsTopic: string,
): Promise<Round['hanging']> => {
  const all = [...places, ...places.map(({ partition }) => ({ topic: receiptsTopic, partition }))];
  const asked = new Set(all.map(placeOf));
  const found = await hangingTransactions(kafka, {
    topics: [...new Set(all.map(({ topic }) => topic))],
    isAsked: (part) => asked.has(placeOf(part)),
    waitMs,
    onWait: (partitions) => onWait(lookingWords(partitions, waitMs)),
  });
  return new Map(found.map((part) => [placeOf(part), part]));
};

/**
 * Ends transactions of which the brokers have lost the end: always as aborted. What hangs is what stays open at one
 * offset for the whole time and is known to no coordinator; all else is left as it is.
 */
export const endTransactions = async (wish: EndWish): Promise<Ending[]> => {
  const { settings, places, waitMs, acceptsLoss, onEnding } = wish;
  const kafka = kafkaOf(settings);
  await refuseOthers(kafka, places, settings.KAFKA_TOPIC_PREFIX);
  const receiptsTopic = `${settings.KAFKA_TOPIC_PREFIX}${named.receipts}`;
  const round = { kafka, receiptsTopic, acceptsLoss, hanging: await hangingIn(kafka, wish, receiptsTopic) };
  const endings: Ending[] = [];
  for (const place of inOrder(places, receiptsTopic)) {
    const part = round.hanging.get(placeOf(place));
    const ending = part ? await endIfLost(round, part) : notHanging(place, waitMs);
    onEnding(ending);
    endings.push(ending);
  }
  return endings;
};
