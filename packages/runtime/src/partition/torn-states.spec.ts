import { expect, test } from '@jest/globals';
import { makeProgress } from './progress.ts';
import { makeTornStates } from './torn-states.ts';

const progressAt = (offset: number) => {
  const receipt = { offset, step: 0, digest: '', count: 0, version: 'one' };
  return makeProgress({ committed: undefined, applied: { ...receipt, header: '' }, compareSubscribers: () => 0 });
};

test.each([
  { standsAt: undefined, isAhead: false, why: 'the store does not say where it stands' },
  { standsAt: 4, isAhead: false, why: 'one before the partition' },
  { standsAt: 5, isAhead: false, why: 'exactly where the partition is' },
  { standsAt: 6, isAhead: true, why: 'one ahead' },
])('a value that stands ahead of the partition is met, and what is said is verified no more: $why', (given) => {
  const torn = makeTornStates(progressAt(5), true);
  expect(torn.meet('a', { standsAt: given.standsAt })).toBe(given.isAhead);
  expect(torn.isAhead('a')).toBe(given.isAhead);
  expect(torn.isVerified()).toBe(!given.isAhead);
});

test('a value stands ahead until the partition has come to where it stands', () => {
  const progress = progressAt(5);
  const torn = makeTornStates(progress, true);
  torn.meet('a', { standsAt: 7 });
  const isAhead = [5, 6, 7].map(() => {
    const is = [torn.isAhead('a'), torn.isAhead('b')];
    progress.endRecord();
    return is;
  });
  expect(isAhead).toEqual([
    [true, false],
    [true, false],
    [false, false],
  ]);
});
