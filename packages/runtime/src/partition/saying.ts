import type { Output } from '@alo/contracts';
import { PartitionStopped } from '../errors.ts';
import type { Applied, JournalRecord, Published, Receipt } from '../ports.ts';
import { nothingSaid, publishable, type Said } from '../publishable.ts';
import { comparePositions, type Progress } from './progress.ts';
import type { TornStates } from './torn-states.ts';

type Options = {
  /** Of the engine that speaks. */
  readonly version: string;
  readonly committed: Receipt | undefined;
  readonly applied: Applied | undefined;
  readonly progress: Progress;
  readonly torn: TornStates;
  readonly onUnverified: (() => void) | undefined;
};

/** What a partition says: all of it is numbered and digested, and what is said past C is to be published. */
export const makeSaying = ({ version, committed, applied, progress, torn, onUnverified }: Options) => {
  let said: Said = applied ? { count: applied.count, digest: applied.digest } : nothingSaid;
  let pending: Published[] = [];

  /** Below C everything is published: fold it again, muted, and at C have said the same. */
  const isMuted = (): boolean => {
    if (!committed) return false;
    const order = comparePositions(progress.position(), committed);
    if (order === 0 && !torn.isVerified()) takeOver(committed);
    if (order === 0 && (said.digest !== committed.digest || said.count !== committed.count)) {
      throw new PartitionStopped(
        `at offset ${committed.offset} this engine (${version}) has said something else than engine ` +
          `${committed.version} published: ${said.count} outputs, digest ${said.digest.slice(0, 12)}, against ` +
          `${committed.count}, digest ${committed.digest.slice(0, 12)}`,
      );
    }
    return order <= 0;
  };

  /** What was folded without all of its states cannot say again what was said: C is believed. */
  const takeOver = ({ count, digest }: Receipt) => {
    said = { count, digest };
    torn.markVerified();
    onUnverified?.();
  };

  return {
    say: (outputs: readonly Output[], at: JournalRecord): void => {
      for (const output of outputs) {
        const made = publishable(output, at, said);
        said = made.said;
        pending.push(made.published);
      }
    },
    /** Hands over what was said since the last time, to be published; nothing where it is muted. */
    handOver: (): readonly Published[] | undefined => {
      const outputs = pending;
      pending = [];
      return isMuted() ? undefined : outputs;
    },
    /** C as it is once all that was said is published. */
    receiptNow: (): Receipt => ({ ...progress.place(), ...said, version }),
  };
};
