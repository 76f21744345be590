import { aloLife } from '../../simulation/alo-life.ts';
import type { LifeRecord } from '../../simulation/counting-life.ts';
import { makeChance } from '../../simulation/seeded.ts';

/** Months of a few subscribers, as the simulation has them. The same seed, the same life. */
export const lifeOf = (seed: number, records: number): readonly LifeRecord[] =>
  aloLife(makeChance(seed, 'fuzz'), records);
