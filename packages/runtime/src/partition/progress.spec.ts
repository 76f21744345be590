import { describe, expect, test } from '@jest/globals';
import type { Applied, Due, Receipt } from '../ports.ts';
import { makeProgress } from './progress.ts';

const compareSubscribers = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const due = (subscriber: string, dueAt = 10): Due => ({ dueAt, subscriber });

const receiptAt = (offset: number, step: number, settled?: Due): Receipt => ({
  offset,
  step,
  settled,
  digest: '',
  count: 0,
  version: 'one',
});

/** C in the midst of what falls due before the record at offset 7: three pieces are done, the last of them up to m. */
const inPiece = receiptAt(7, 3, due('m'));

const progressFrom = (receipt: Receipt, committed: Receipt | undefined = inPiece) => {
  const applied: Applied = { ...receipt, header: '' };
  return makeProgress({ committed, applied, compareSubscribers });
};

describe('below C', () => {
  test.each([
    { at: receiptAt(6, 9), isBelow: true, why: 'the record before it' },
    { at: receiptAt(7, 2), isBelow: true, why: 'the step before it' },
    { at: receiptAt(7, 3), isBelow: false, why: 'exactly there' },
    { at: receiptAt(7, 4), isBelow: false, why: 'the step behind it' },
    { at: receiptAt(8, 0), isBelow: false, why: 'the record behind it' },
  ])('is what a smaller offset has, or a smaller step of the same: $why', ({ at, isBelow }) => {
    expect(progressFrom(at).isBelowCommitted()).toBe(isBelow);
  });

  test('is nothing where there is no C', () => {
    const progress = makeProgress({ committed: undefined, applied: undefined, compareSubscribers });
    expect([progress.isBelowCommitted(), progress.isBelowCommittedPiece()]).toEqual([false, false]);
  });
});

describe('the end of a piece', () => {
  test.each([
    { from: 0, settled: 'a', asked: undefined, step: 1, why: 'C’s place is not reached' },
    { from: 1, settled: 'l', asked: undefined, step: 2, why: 'the last before C’s place' },
    { from: 2, settled: 'l', asked: undefined, step: 2, why: 'as many pieces as C had, which end sooner' },
    { from: 0, settled: 'm', asked: undefined, step: 3, why: 'exactly C’s place' },
    { from: 0, settled: 'l', asked: 'n', step: 3, why: 'what is asked for next is behind C’s place' },
    { from: 3, settled: 'n', asked: 'o', step: 4, why: 'C is reached' },
  ])('is the next step, and C’s at C’s place alone: $why', ({ from, settled, asked, step }) => {
    const progress = progressFrom(receiptAt(7, from, due('0')));
    progress.ask(due(settled));
    progress.kept(settled);
    if (asked !== undefined) progress.ask(due(asked));
    progress.endPiece();
    expect(progress.position()).toEqual({ offset: 7, step });
  });
});

describe('what falls due', () => {
  test.each([
    { next: due('l'), isGiven: true, why: 'before C’s place' },
    { next: due('m'), isGiven: true, why: 'exactly C’s place' },
    { next: due('n'), isGiven: false, why: 'a subscriber behind it' },
    { next: due('a', 11), isGiven: false, why: 'an instant behind it' },
  ])('behind C’s place is withheld until that is reached: $why', ({ next, isGiven }) => {
    const progress = progressFrom(receiptAt(7, 1, due('0')));
    expect(progress.ask(next)).toEqual(isGiven ? next : undefined);
    expect(progress.isAtCommittedPiece()).toBe(!isGiven);
    progress.endCommittedPiece();
    expect(progress.position()).toEqual({ offset: 7, step: 3 });
    expect(progress.ask(next)).toEqual(next);
  });

  test('is the place in the midst of a record, once its subscriber is kept', () => {
    const progress = progressFrom(receiptAt(7, 3, due('m')));
    progress.ask(due('n'));
    progress.kept('somebody else');
    expect(progress.place()).toEqual({ offset: 7, step: 3, settled: due('m') });
    progress.ask(due('n'));
    progress.kept('n');
    expect(progress.place()).toEqual({ offset: 7, step: 3, settled: due('n') });
    progress.endRecord();
    expect(progress.place()).toEqual({ offset: 8, step: 0 });
  });
});
