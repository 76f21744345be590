import { adjustments } from './adjustments.ts';
import { billing } from './billing.ts';
import { instantAt, secondTexts } from './calendar.ts';
import { faults, outages } from './faults.ts';
import type { LifePart } from './life-part.ts';
import { lostSims } from './lost-sims.ts';
import { membership } from './membership.ts';
import { profiles } from './profiles.ts';
import { releases } from './releases.ts';
import { lifeOf } from './subscriber-life.ts';
import { usage } from './usage.ts';
import type { World } from './world.ts';

/** All parts of a life, at most 16, in the order in which they count within one second. */
const parts: readonly LifePart[] = [
  profiles,
  membership,
  lostSims,
  billing,
  usage,
  adjustments,
  faults,
  outages,
  releases,
];

const subscriberSpan = 2 ** 24;
const placeSpan = 2 ** 8;
const partSpan = 2 ** 4;

/**
 * All that happens on a day, in order: second (17 bits), part (4), subscriber (24) and its place in the part (8), packed
 * into one number each. 53 bits are what a number holds, and so a day of a million charges takes a few megabytes.
 */
const planOf = (world: World, day: number): Float64Array => {
  const entries: number[] = [];
  for (let number = 1; number <= world.subscribers; number++) {
    const life = lifeOf(world, number);
    parts.forEach((part, index) => {
      const seconds = part.seconds(world, life, day);
      for (let n = 0; n < seconds.length; n++) {
        entries.push((((seconds[n] as number) * partSpan + index) * subscriberSpan + number) * placeSpan + n);
      }
    });
  }
  return Float64Array.from(entries).sort();
};

/** A line on its way to the journal. */
export type Sent = { readonly at: number; readonly line: string; readonly late: boolean };

/** All that happens on a day, in the order in which it happens. */
export function* sentOn(world: World, day: number): Generator<Sent> {
  const timeOf = secondTexts(day);
  for (const entry of planOf(world, day)) {
    const n = entry % placeSpan;
    const withoutPlace = Math.floor(entry / placeSpan);
    const number = withoutPlace % subscriberSpan;
    const withoutSubscriber = Math.floor(withoutPlace / subscriberSpan);
    const part = parts[withoutSubscriber % partSpan] as LifePart;
    const second = Math.floor(withoutSubscriber / partSpan);
    const line = part.line(world, lifeOf(world, number), { day, n, time: timeOf(second) });
    yield { at: instantAt(day, second), line, late: part.late };
  }
}
