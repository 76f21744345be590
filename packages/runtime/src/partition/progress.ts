import type { Applied, Due, Position, Receipt } from '../ports.ts';

type Options = {
  readonly committed: Receipt | undefined;
  readonly applied: Applied | undefined;
  readonly compareSubscribers: (a: string, b: string) => number;
};

const samePlace = (a: Due, b: Due) => a.dueAt === b.dueAt && a.subscriber === b.subscriber;

export const comparePositions = (a: Position, b: Position): number => a.offset - b.offset || a.step - b.step;

/**
 * How far a partition is, and how that lies to C. In the midst of a record's due items the last that was settled is
 * the place, for another engine may cut them into other pieces.
 */
export const makeProgress = ({ committed, applied, compareSubscribers }: Options) => {
  let position: Position = applied ? { offset: applied.offset, step: applied.step } : { offset: 0, step: 0 };
  /** The due item that was asked for last, and the last that was settled. */
  let asked: Due | undefined;
  let settledLast: Due | undefined = applied?.settled;

  const isBelowCommitted = (): boolean => committed !== undefined && comparePositions(position, committed) < 0;

  /** C stands in the midst of this record's due items, and they are not settled up to there yet. */
  const isBelowCommittedPiece = (): boolean =>
    committed?.settled !== undefined && committed.offset === position.offset && position.step < committed.step;

  const isPastCommittedPiece = (due: Due): boolean => {
    if (!isBelowCommittedPiece()) return false;
    const place = committed?.settled as Due;
    return (due.dueAt - place.dueAt || compareSubscribers(due.subscriber, place.subscriber)) > 0;
  };

  /** Is all settled up to C's place in the midst of a record, and something asked for behind it? */
  const isAtCommittedPiece = (): boolean => asked !== undefined && isPastCommittedPiece(asked);

  /** Below C the pieces may have other bounds than when it was said: C's own step is reached at its place, no sooner. */
  const nextStep = (): number => {
    if (!isBelowCommittedPiece()) return position.step + 1;
    const { step, settled } = committed as Receipt;
    const isThere = isAtCommittedPiece() || (settledLast !== undefined && samePlace(settledLast, settled as Due));
    return isThere ? step : Math.min(position.step + 1, step - 1);
  };

  return {
    position: (): Position => position,
    offset: (): number => position.offset,
    /** The position, and the place in the midst of a record. */
    place: (): Position & Pick<Receipt, 'settled'> => ({
      ...position,
      ...(position.step > 0 && { settled: settledLast }),
    }),
    isBelowCommitted,
    isBelowCommittedPiece,
    isAtCommittedPiece,
    /** Notes what is to be settled next, and withholds it where C's place comes first. */
    ask: (due: Due | undefined): Due | undefined => {
      asked = due;
      return due && isPastCommittedPiece(due) ? undefined : due;
    },
    /** Whoever was asked for and is kept is settled. */
    kept: (subscriber: string): void => {
      if (asked?.subscriber === subscriber) settledLast = asked;
      asked = undefined;
    },
    endPiece: (): void => {
      position = { offset: position.offset, step: nextStep() };
    },
    /** Nothing more is due below C: whoever was settled there last has it in its state already, or C is another engine's. */
    endCommittedPiece: (): void => {
      position = { offset: position.offset, step: (committed as Receipt).step };
    },
    endRecord: (): void => {
      position = { offset: position.offset + 1, step: 0 };
    },
  };
};

export type Progress = ReturnType<typeof makeProgress>;
