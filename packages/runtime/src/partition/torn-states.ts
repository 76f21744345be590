import type { Stored } from '../ports.ts';
import type { Progress } from './progress.ts';

/**
 * What a store has kept of a write that it tore: values that stand ahead of R, and an index that is too early. Where
 * something of the kind was met, what is said below C cannot be compared with what was.
 */
export const makeTornStates = (progress: Progress, isVerifiedSoFar: boolean) => {
  /** Whoever was written without R, by where it stands: its records up to there are in it already. */
  const standing = new Map<string, number>();
  let isVerified = isVerifiedSoFar;
  return {
    /** Looks where a value stands that was loaded, and tells whether that is ahead. */
    meet: (subscriber: string, { standsAt = 0 }: Pick<Stored, 'standsAt'>): boolean => {
      if (standsAt <= progress.offset()) return false;
      standing.set(subscriber, standsAt);
      isVerified = false;
      return true;
    },
    /** Is the next record in its subscriber's state already? */
    isAhead: (subscriber: string): boolean => standing.size > 0 && progress.offset() < (standing.get(subscriber) ?? 0),
    isVerified: (): boolean => isVerified,
    markUnverified: (): void => {
      isVerified = false;
    },
    /** From C on it is known again what has been said. */
    markVerified: (): void => {
      isVerified = true;
    },
  };
};

export type TornStates = ReturnType<typeof makeTornStates>;
