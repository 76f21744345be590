import type { CountingEvent } from '../../packages/runtime/src/counting-core.ts';
import type { Chance } from './seeded.ts';

/** A record of a journal before it is appended. */
export type LifeRecord = { readonly appendedAt: number; readonly bytes: Uint8Array };

const encoder = new TextEncoder();

const eventOf = (chance: Chance, subscribers: number): CountingEvent => {
  const at = chance.unit();
  if (at < 0.72) return { kind: 'count', subscriber: `s-${chance.below(subscribers)}` };
  if (at < 0.9) return { kind: 'tick' };
  if (at < 0.95) return { kind: 'refused' };
  return activation(chance);
};

const activation = (chance: Chance): CountingEvent => ({
  kind: 'activate',
  everyMs: chance.between(1, 30),
  times: chance.pick([0, 1, 2, 3, 5]),
});

/** Clocks of brokers differ, and what moves a partition to another broker may take its time back. */
const stepMs = (chance: Chance, gapsMs: readonly number[]): number =>
  chance.happens(0.06) ? chance.between(-40, 200) : chance.pick(gapsMs);

/** A journal that is counted. No two records are the same bytes, as no two events have one id. */
export const countingLife = (
  chance: Chance,
  records: number,
  gapsMs: readonly number[] = [0, 0, 1, 3, 8, 25],
): readonly LifeRecord[] => {
  const subscribers = chance.between(1, 9);
  let appendedAt = 1000;
  return Array.from({ length: records }, (_, n) => {
    const event = n === 0 ? activation(chance) : eventOf(chance, subscribers);
    appendedAt += stepMs(chance, gapsMs);
    return { appendedAt, bytes: encoder.encode(JSON.stringify({ ...event, n })) };
  });
};

/** Long after all that falls due. */
export const countingEnd = (after: number): readonly LifeRecord[] =>
  [500, 1000].map((ms, n) => ({
    appendedAt: after + ms,
    bytes: encoder.encode(JSON.stringify({ kind: 'tick', n: `end-${n}` })),
  }));
