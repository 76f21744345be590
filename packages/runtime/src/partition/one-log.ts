import { hash } from 'node:crypto';
import { PartitionStopped } from '../errors.ts';
import type { Applied, JournalRecord, Log, States } from '../ports.ts';
import { comparePositions } from './progress.ts';

/** By what R knows the record before it. */
export const digestOf = ({ bytes }: JournalRecord): string => hash('sha256', bytes);

/** R says which record came last. Where the log holds another there, it is another log. Tells whether it holds one. */
const refuseOtherLog = async (log: Log, { offset, lastRecord }: Applied): Promise<boolean> => {
  const record = lastRecord === undefined ? undefined : await log.record(offset - 1);
  if (!record || digestOf(record) === lastRecord) return record !== undefined;
  throw new PartitionStopped(
    `the journal holds another record at offset ${offset - 1} than the one that the states were made from: it is not the same log`,
  );
};

/**
 * Takes log and states, and reads C and R from them.
 * @throws PartitionStopped where these are not of one log.
 */
export const takeOneLog = async (log: Log, states: States) => {
  // First the states are taken. Whoever takes over while C is read has taken them too, and is met by the second look.
  await states.applied();
  const committed = await log.receipt();
  const applied = await states.applied();
  const isAtLeast = committed && applied && comparePositions(applied, committed) >= 0;
  if (isAtLeast && (applied.count !== committed.count || applied.digest !== committed.digest)) {
    throw new PartitionStopped(
      `the states are at offset ${applied.offset}, at the log's last receipt or past it, and know of other outputs: this engine or another says something else, or it is not the same log`,
    );
  }
  if (!committed && applied && applied.count > 0) {
    throw new PartitionStopped(
      `the states know of ${applied.count} outputs, and the log of none: it is not the same log`,
    );
  }
  let isCompared = !applied || (await refuseOtherLog(log, applied));
  return {
    committed,
    applied,
    /** The record before R may not have been there yet; once the log is read from R on, it is there or gone for good. */
    compareOnceThere: async (): Promise<void> => {
      if (!isCompared) await refuseOtherLog(log, applied as Applied);
      isCompared = true;
    },
  };
};
