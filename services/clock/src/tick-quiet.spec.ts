import { describe, expect, test } from '@jest/globals';
import { makeQuietWatch } from './tick-quiet.ts';

const ends = (...of: number[]) => new Map(of.map((end, partition) => [partition, end]));

describe('a tick goes', () => {
  test.each([
    ['to nobody at the first look, for nothing is known of before', [ends(5, 5)], [[]]],
    ['to whoever was quiet since', [ends(5, 5), ends(5, 6)], [[], [0]]],
    ['to nobody who waits for a policy', [ends(0, 1), ends(0, 1)], [[], [1]]],
    [
      'again and again to whoever only its own ticks have moved',
      [ends(5), ends(5), ends(6), ends(7)],
      [[], [0], [0], [0]],
    ],
    ['to nobody whom another clock has ticked too', [ends(5), ends(5), ends(7), ends(7)], [[], [0], [], [0]]],
    ['to nobody that was not there before', [ends(5), ends(5, 3)], [[], [0]]],
  ])('%s', (_why, looks, expected) => {
    const watch = makeQuietWatch();
    const ticked = looks.map((look) => {
      const quiet = watch.quiet(look);
      quiet.forEach(watch.ticked);
      return quiet;
    });
    expect(ticked).toEqual(expected);
  });
});
