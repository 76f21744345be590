import { nothingSaid, type Said } from '../../packages/runtime/src/publishable.ts';
import { appliedSaid, type Left } from './checker.ts';
import type { Version } from './cores.ts';
import type { DisasterKind } from './plan.ts';
import { journalIn } from './reference.ts';
import { type Expected, expectedOf, foldOf, publisherIn, receiptsOf } from './said-so-far.ts';

const roomyBytes = 1_000_000;

/** What has happened in a run of which a partition may not go on by itself. */
export type Causes = { haveMarkersBeenLost: boolean; disaster: DisasterKind | undefined };

const disasterReasons: Readonly<Record<DisasterKind, RegExp>> = {
  'kafka-old-copy': /it is not the same log|before the last receipt|before offset \d+, which is the next/,
  'journal-cut': /it is not the same log|before the last receipt|no longer holds that offset|said something else/,
  'receipts-lost': /holds no receipt|the log of none/,
  'head-gone': /its head is gone|no longer holds that offset/,
};

/** An engine that stops: where it is, and what R knew of when it began to recover. */
export type Stopping = { readonly partition: number; readonly version: Version; readonly from: Said };

/** Has an engine that came so far, and no further, moved R with what it would have said itself? */
const isSaidOtherwise = ({ count, digest }: Said, expected: readonly Expected[]): boolean =>
  digest !== (expected[count - 1]?.said ?? nothingSaid).digest;

/** Below C an engine moves R only where its memory is short, or where an activation has all states written. */
const mayMoveUnproven = ({ plan, broker }: Left, partition: number): boolean => {
  const isShort = plan.bounds.some(({ cacheBytesMax }) => cacheBytesMax < roomyBytes);
  return isShort || journalIn(broker.journal(partition)).filter(({ bytes }) => isActivation(bytes)).length > 1;
};

const isActivation = (bytes: Uint8Array): boolean => /"activate"|policy\.activated/.test(Buffer.from(bytes).toString());

/** Has another version published, between R and C, what this one says otherwise? */
const saysOtherwise = (left: Left, { partition, version, from }: Stopping): boolean => {
  const receipts = receiptsOf(left.broker, partition);
  const publisher = publisherIn(receipts);
  const fold = foldOf(left.plan, left.broker, partition);
  const expected = expectedOf(fold, publisher);
  const isMoved = [from, appliedSaid(left, partition)].some((said) => isSaidOtherwise(said, expected));
  if (isMoved) return mayMoveUnproven(left, partition);
  const count = receipts.at(-1)?.count ?? 0;
  for (let n = from.count; n < count; n += 1) {
    const [own, other] = [version, publisher(n) ?? version].map((by) => JSON.stringify(fold.by(by).said[n]?.output));
    if (own !== other) return true;
  }
  return false;
};

/** Is there a cause for a partition to stop, as it says why? */
export const isLawfulStop = (left: Left, causes: Causes, stopping: Stopping, why: string): boolean => {
  if (causes.disaster !== undefined && disasterReasons[causes.disaster].test(why)) return true;
  if (/has said something else/.test(why)) return saysOtherwise(left, stopping);
  return /that nobody ends/.test(why) && causes.haveMarkersBeenLost;
};
