import { runAll } from './many.ts';
import { planOf } from './plan.ts';
import type { Subject } from './run.ts';
import { type Ran, runPlan } from './run-seed.ts';
import { doubled } from './sabotages/doubled.ts';
import type { Sabotage } from './sabotages/sabotage.ts';
import { sabotages } from './sabotages/sabotages.ts';
import { say, subjectFor, type Wanted } from './wanted.ts';

type Hunted = {
  readonly name: string;
  readonly ran: number;
  readonly caught: number;
  /** The first run in which it was missed, and in which nothing is wrong with it in place. */
  readonly first: Ran | undefined;
  /** Runs in which something is wrong though it is in place. */
  readonly wrong: readonly number[];
};

const shownMax = 150;

const hunt = async (sabotage: Sabotage, asItIs: Subject, seeds: readonly number[], isFirstEnough: boolean) => {
  const caught: Ran[] = [];
  const wrong: number[] = [];
  const isFailingAnyway = async ({ seed }: Ran) =>
    (await runPlan(planOf(seed, sabotage.where), asItIs)).violation !== undefined;
  const first = isFirstEnough && sabotage.seenIn !== undefined ? [sabotage.seenIn] : [];
  const tally = await runAll({ seeds: [...first, ...seeds], like: sabotage }, await subjectFor(sabotage), {
    isOver: (soFar) => isFirstEnough && soFar.caught.length > 0,
  });
  for (const ran of tally.caught) {
    if (await isFailingAnyway(ran)) wrong.push(ran.seed);
    else caught.push(ran);
  }
  const hunted: Hunted = { name: sabotage.name, ran: tally.ran, caught: caught.length, first: caught[0], wrong };
  return hunted;
};

const sentence = ({ name, ran, caught, first, wrong }: Hunted): string => {
  const seen = first ? `, first in seed ${first.seed}: ${first.violation?.slice(0, shownMax)}` : '';
  const also = wrong.length > 0 ? `; wrong as it is in seeds ${wrong}` : '';
  return `${name}: missed in ${caught} of ${ran}${seen}${also}`;
};

/** Switches each safeguard off in turn: fails where one is not missed. */
export const huntAll = async ({ seeds, isJson }: Wanted, isFirstEnough: boolean): Promise<boolean> => {
  const asItIs = await subjectFor(undefined);
  const hunted: Hunted[] = [];
  for (const sabotage of sabotages) {
    const one = await hunt(sabotage, asItIs, seeds, isFirstEnough);
    hunted.push(one);
    if (!isJson) say(one.caught > 0 ? sentence(one) : `NOT MISSED: ${sentence(one)}`);
  }
  if (isJson) say(JSON.stringify(hunted.map(({ first, ...one }) => ({ ...one, seed: first?.seed }))));
  else if (!isFirstEnough) await huntDoubled(asItIs, seeds);
  return hunted.every(({ caught, wrong }) => caught > 0 && wrong.length === 0);
};

/** Nothing is missed of these: it is told that it is so, and why they stay. */
const huntDoubled = async (asItIs: Subject, seeds: readonly number[]): Promise<void> => {
  for (const sabotage of doubled) {
    const one = await hunt(sabotage, asItIs, seeds, false);
    say(`(held by others too: ${sentence(one)}; ${sabotage.why})`);
  }
};
