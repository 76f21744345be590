import { type Instant, type Output, outputName, readEvent } from '@alo/contracts';
import { expect } from '@jest/globals';
import type { Folded, Record } from '../fold.ts';
import { activated, type Happening, instant, ticked } from './events.ts';
import type { Expected } from './expectations.ts';
import { openPartition } from './partition.ts';
import { policy as plainPolicy } from './policies.ts';

export type Step =
  | Happening
  /** From here on records are appended at this instant, and events occur then, unless they say otherwise. */
  | { readonly at: Instant; readonly happenings: readonly Happening[] }
  /** Ticks at even intervals from here up to an instant. */
  | { readonly everyMs: number; readonly until: Instant };

export const at = (time: string, ...happenings: readonly Happening[]): Step => ({ at: instant(time), happenings });
export const tickingEvery = (everyMs: number, until: string): Step => ({ everyMs, until: instant(until) });

const start = instant('2026-08-10T09:00+07:00');

/** What came of a record, in words: its outputs, and what else became of it. */
export type Told = Readonly<{ name: string; [field: string]: unknown }>;

const toldOf = ({ outputs, outcome }: Folded): readonly Told[] => {
  const said = outputs.map(inWords);
  if (outcome.kind === 'duplicate') return [...said, { name: 'duplicate' }];
  return outcome.kind === 'stopped' ? [...said, { name: 'stopped', why: outcome.why }] : said;
};

const inWords = (output: Output): Told =>
  output.kind === 'refusal'
    ? { name: 'refusal', ...output.refusal }
    : { ...output.trigger, name: outputName(output.trigger), subscriber: output.trigger.subject };

/**
 * A story of one partition: what was given, when something happens, then exactly that is said. It begins on
 * 10 August 2026 at 09:00 in Hồ Chí Minh City, with the policy, unless its first step says another time.
 */
export const scenario = (policy: object = plainPolicy()) => {
  const partition = openPartition();
  let clock = start;
  let count = 0;

  const take = (happening: Happening): readonly Told[] => {
    count += 1;
    const incoming = readEvent(JSON.parse(JSON.stringify(happening.wire({ id: `e-${count}`, at: clock }))));
    const record: Record = { incoming, appendedAt: clock, ahead: false };
    return toldOf(partition.take(record));
  };
  const tickOn = (everyMs: number, until: Instant): readonly Told[] => {
    const tick = readEvent(ticked().wire({ id: 'tick', at: clock }));
    const told: Told[] = [];
    for (clock += everyMs; clock < until; clock += everyMs) {
      told.push(...toldOf(partition.take({ incoming: tick, appendedAt: clock, ahead: false })));
    }
    return told;
  };
  const takeStep = (step: Step): readonly Told[] => {
    if ('everyMs' in step) return tickOn(step.everyMs, step.until);
    if (!('at' in step)) return take(step);
    clock = step.at;
    return step.happenings.flatMap(take);
  };
  const takeAll = (steps: readonly Step[]): readonly Told[] =>
    steps.flatMap((step) => {
      if (partition.header().policy === undefined) {
        if ('at' in step) clock = step.at;
        mustBeTaken(take(activated({ ...policy })));
      }
      return takeStep(step);
    });

  const given = (...steps: readonly Step[]) => {
    mustBeTaken(takeAll(steps));
    return story;
  };
  const when = (...steps: readonly Step[]) => outcomeOf(takeAll(steps), story);
  const story = { given, when, partition };
  return story;
};

const mustBeTaken = (told: readonly Told[]): void => {
  const refusal = told.find(({ name }) => name === 'refusal' || name === 'stopped');
  if (refusal) throw new Error(`what is given must be possible: ${refusal.message ?? refusal.why}`);
};

/** Standing goes with most triggers, and so is compared only where it is spoken of. */
const outcomeOf = <Story>(told: readonly Told[], story: Story) => ({
  told,
  // biome-ignore lint/suspicious/noThenProperty: the third word of given, when, then; nobody awaits it
  then: (...expectations: readonly Expected[]): Story => {
    const wanted = expectations.map((expectation) => expectation.told);
    const isOfStanding = wanted.some(({ name }) => name === 'standing.changed');
    const heard = told.filter(({ name }) => isOfStanding || name !== 'standing.changed');
    expect(heard.map(({ name }) => name)).toEqual(wanted.map(({ name }) => name));
    expect(heard).toMatchObject(wanted);
    return story;
  },
});
