import type { Change } from '../../weaving/weaving.ts';
import type { DisasterKind, Emphasis, FaultKind } from '../plan.ts';

/** One safeguard switched off, by the place of the source where it stands. */
export type Sabotage<Where = Emphasis> = {
  readonly name: string;
  readonly changes: readonly Change[];
  /** What happens more often in the runs in which it must be missed. */
  readonly where: Where;
  /** A run in which it was missed once, where that is seldom: to look there first. It need not be one for ever. */
  readonly seenIn?: number;
};

/** Sabotages of one file: what stands there once, and what instead. */
export const sabotagesOf =
  <Where = Emphasis>(file: string, everywhere = {} as Where) =>
  (name: string, find: string, replace: string, where = everywhere): Sabotage<Where> => ({
    name,
    changes: [{ file, find, replace }],
    where,
  });

/** Seldom missed: where to look first. */
export const seen = (seenIn: number, sabotage: Sabotage): Sabotage => ({ ...sabotage, seenIn });

export const often = (...faults: readonly FaultKind[]): Emphasis => ({ faults });
export const once = (disaster: DisasterKind): Emphasis => ({ disaster });

/** Writes are cut in the middle, and what was lost is folded again. */
export const torn = often('redis-torn', 'redis-torn', 'redis-torn', 'redis-restart', 'kill');
/** Engines are halted while they recover, until others have taken over. */
export const overtaken = often('pause-recovering', 'pause-recovering', 'pause', 'rebalance', 'redis-restart');
/** Redis loses what was written last, and more than that. */
export const gone = often('redis-restart', 'redis-old-copy', 'redis-restart', 'kill');
