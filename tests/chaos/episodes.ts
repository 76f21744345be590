import { setTimeout as delay } from 'node:timers/promises';
import type { Chance } from '../simulation/seeded.ts';
import { type Fault, failPointFaults, faults, type Undo, type Victim } from './faults.ts';
import type { Site } from './site.ts';

/** A fault, whom it befalls, how long after the beginning of its episode, and for how long. */
type Planned = {
  readonly fault: Fault;
  readonly victim: Victim;
  readonly afterMs: number;
  readonly holdMs: number;
};

/** Faults that come together, and then the time in which all must come right by itself. */
export type Episode = readonly Planned[];

/** What came of an episode. */
export type Survived = { readonly faults: readonly string[]; readonly recoveredMs: number };

const kindOf = (victim: Victim): string => victim.replace(/\d$/, '');

/** What befell whom, as a report tells it: engines are told of as one kind. */
const told = ({ fault, victim }: Planned): string =>
  fault.victims.length > 1 && !victim.startsWith('broker') ? `${kindOf(victim)}: ${fault.kind}` : fault.kind;

const overlapMs = 1500;

const touchedBy = ({ touches }: Fault, victim: Victim): readonly Victim[] => touches ?? [victim];

/** One to three faults, no two of which touch the same. */
const episodeOf = (chance: Chance, first: Fault, others: readonly Fault[]): Episode => {
  const count = chance.pick([1, 1, 1, 2, 2, 3]);
  const touched = new Set<Victim>();
  const planned: Planned[] = [];
  for (const fault of [first, ...Array.from({ length: count - 1 }, () => chance.pick(others))]) {
    const victim = chance.pick(fault.victims);
    const touches = touchedBy(fault, victim);
    if (touches.some((one) => touched.has(one))) continue;
    for (const one of touches) touched.add(one);
    const afterMs = planned.length === 0 ? 0 : chance.below(overlapMs);
    planned.push({ fault, victim, afterMs, holdMs: chance.between(...fault.holdMs) });
  }
  return planned;
};

const shuffled = <Item>(chance: Chance, items: readonly Item[]): Item[] =>
  items
    .map((item) => ({ item, at: chance.unit() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);

/** All episodes of a seed, without end: each kind and each fail point comes first once, then each once more. */
export function* episodesOf(chance: Chance, isWanted: (fault: Fault) => boolean): Generator<Episode, never> {
  const wanted = [...faults, ...failPointFaults].filter(isWanted);
  while (true) {
    for (const first of shuffled(chance, wanted)) yield episodeOf(chance, first, wanted);
  }
}

type Around = {
  readonly site: Site;
  readonly chance: Chance;
  readonly folder: string;
  readonly onFailPoint: (point: string, action: string, isMet: boolean) => void;
};

const befall = async (around: Around, { fault, victim, afterMs, holdMs }: Planned): Promise<void> => {
  await delay(afterMs);
  const undo: Undo = await fault.strike({ ...around, victim });
  await delay(holdMs);
  await undo();
};

const recoveredMsMax = 180_000;
const pollMs = 50;

type Bound = { readonly topic: string; readonly partition: number; readonly end: number };

/** Waits until something is so, through whatever still fails meanwhile. Rejects after three minutes. */
const until = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
  let why = '';
  for (const startedMs = Date.now(); ; await delay(pollMs)) {
    const is = await isSo().catch((error: Error) => {
      why = `: ${error.message}`;
      return false;
    });
    if (is) return;
    if (Date.now() - startedMs > recoveredMsMax) throw new Error(`${what}: not after ${recoveredMsMax} ms${why}`);
  }
};

const once = async <Answer>(what: string, ask: () => Promise<Answer>): Promise<Answer> => {
  let answer: Answer | undefined;
  await until(what, async () => {
    answer = await ask();
    return true;
  });
  return answer as Answer;
};

/** Waits until all that has been written up to now has gone all the way: taken in, folded, published and applied. */
export const caughtUp = async (site: Site): Promise<void> => {
  const sources: readonly Bound[] = await once('the operator topics answer', site.sourceEnds);
  await until('intake has taken all in', async () => {
    const taken = await site.takenIn();
    return sources.every(({ topic, partition, end }) => end === 0 || (taken.get(`${topic}/${partition}`) ?? 0) >= end);
  });
  const journal: readonly Bound[] = await once('the journal answers', site.journalEnds);
  await until('all is folded and applied', async () => {
    for (const { partition, end } of journal) if ((await site.appliedOffset(partition)) < end) return false;
    return true;
  });
};

/** Has faults befall the site, ends them, and measures how long it takes until nothing of it is left. */
export const survive = async (around: Around, episode: Episode): Promise<Survived> => {
  await Promise.all(episode.map((planned) => befall(around, planned)));
  const healedMs = performance.now();
  await caughtUp(around.site);
  return { faults: episode.map(told), recoveredMs: performance.now() - healedMs };
};

export const toldOf = (episode: Episode): string => episode.map(told).join(', ');
