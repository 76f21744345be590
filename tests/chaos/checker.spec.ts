import { describe, expect, test } from '@jest/globals';
import { makeChance } from '../simulation/seeded.ts';
import { differenceOf } from './checker.ts';
import { episodesOf } from './episodes.ts';
import { failPointFaults, faults } from './faults.ts';

describe('what a reader has found is compared with what must be there', () => {
  test.each([
    { found: ['a', 'b', 'c'], lost: 0, doubled: 0, foreign: 0, isRight: true, why: 'all, once, in order' },
    { found: ['a', 'c'], lost: 1, doubled: 0, foreign: 0, isRight: false, why: 'one is lost in the midst' },
    { found: ['a', 'b'], lost: 1, doubled: 0, foreign: 0, isRight: false, why: 'the last is lost' },
    { found: ['a', 'b', 'b', 'c'], lost: 0, doubled: 1, foreign: 0, isRight: false, why: 'one comes twice' },
    { found: ['a', 'b', 'c', 'c', 'c'], lost: 0, doubled: 2, foreign: 0, isRight: false, why: 'the last comes thrice' },
    { found: ['a', 'b', 'c', 'd'], lost: 0, doubled: 0, foreign: 1, isRight: false, why: 'one is foreign' },
    { found: ['a', 'x', 'c'], lost: 1, doubled: 0, foreign: 1, isRight: false, why: 'one is another' },
    { found: ['b', 'a', 'c'], lost: 0, doubled: 0, foreign: 0, isRight: false, why: 'all, in another order' },
    { found: [], lost: 3, doubled: 0, foreign: 0, isRight: false, why: 'nothing' },
  ])('$why', ({ found, isRight, ...counts }) => {
    const { problems, ...counted } = differenceOf('alo.tiers.v1/0', ['a', 'b', 'c'], found);
    const { why: _, ...expected } = counts;
    expect(counted).toEqual(expected);
    expect(problems.length).toBe(isRight ? 0 : 1);
  });
});

describe('the episodes of a seed', () => {
  const kindsOf = (seed: number, count: number) => {
    const episodes = episodesOf(makeChance(seed, 'chaos'), () => true);
    return Array.from({ length: count }, () => episodes.next().value);
  };
  const all = [...faults, ...failPointFaults];

  test('are the same for the same seed, and others for another', () => {
    const plain = (seed: number) =>
      JSON.stringify(kindsOf(seed, 50).map((episode) => episode.map(({ fault, ...planned }) => [fault.kind, planned])));
    expect(plain(7)).toBe(plain(7));
    expect(plain(7)).not.toBe(plain(8));
  });

  test('begin with each kind of fault once, before any comes first again', () => {
    const first = kindsOf(7, all.length).map(([planned]) => planned?.fault.kind);
    expect(first.toSorted()).toEqual(all.map(({ kind }) => kind).toSorted());
  });

  test('never have two faults befall the same at once', () => {
    for (const episode of kindsOf(7, 500)) {
      const touched = episode.flatMap(({ fault, victim }) => fault.touches ?? [victim]);
      expect(new Set(touched).size).toBe(touched.length);
    }
  });
});
