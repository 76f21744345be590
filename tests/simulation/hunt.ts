import type { Lives } from './lives.ts';
import { runAll } from './many.ts';
import type { Ran } from './run-seed.ts';
import type { Sabotage } from './sabotages/sabotage.ts';
import { say, type Wanted } from './wanted.ts';

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

/** Hunts for what is missed without a safeguard. */
const hunting =
  <Life, Subject, Where>(lives: Lives<Life, Subject, Where>, asItIs: Subject, seeds: readonly number[]) =>
  async (sabotage: Sabotage<Where>, isFirstEnough: boolean): Promise<Hunted> => {
    const caught: Ran[] = [];
    const wrong: number[] = [];
    const isFailingAnyway = async ({ seed }: Ran) =>
      (await lives.live(lives.planOf(seed, sabotage.where), asItIs)).violation !== undefined;
    const first = isFirstEnough && sabotage.seenIn !== undefined ? [sabotage.seenIn] : [];
    const wanted = { seeds: [...first, ...seeds], like: sabotage };
    const tally = await runAll(lives, wanted, await lives.subjectFor(sabotage), {
      isOver: (soFar) => isFirstEnough && soFar.caught.length > 0,
    });
    for (const ran of tally.caught) {
      if (await isFailingAnyway(ran)) wrong.push(ran.seed);
      else caught.push(ran);
    }
    return { name: sabotage.name, ran: tally.ran, caught: caught.length, first: caught[0], wrong };
  };

const sentence = ({ name, ran, caught, first, wrong }: Hunted): string => {
  const seen = first ? `, first in seed ${first.seed}: ${first.violation?.slice(0, shownMax)}` : '';
  const also = wrong.length > 0 ? `; wrong as it is in seeds ${wrong}` : '';
  return `${name}: missed in ${caught} of ${ran}${seen}${also}`;
};

/** Switches each safeguard off in turn: fails where one is not missed. */
export const huntAll = async <Life, Subject, Where>(
  lives: Lives<Life, Subject, Where>,
  { seeds, isJson }: Wanted<Where>,
  isFirstEnough: boolean,
): Promise<boolean> => {
  const hunt = hunting(lives, await lives.subjectFor(undefined), seeds);
  const hunted: Hunted[] = [];
  for (const sabotage of lives.sabotages) {
    const one = await hunt(sabotage, isFirstEnough);
    hunted.push(one);
    if (!isJson) say(one.caught > 0 ? sentence(one) : `NOT MISSED: ${sentence(one)}`);
  }
  if (isJson) say(JSON.stringify(hunted.map(({ first, ...one }) => ({ ...one, seed: first?.seed }))));
  else if (!isFirstEnough) {
    // Nothing is missed of these: it is told that it is so, and why they stay.
    for (const sabotage of lives.doubled) {
      say(`(held by others too: ${sentence(await hunt(sabotage, false))}; ${sabotage.why})`);
    }
  }
  return hunted.every(({ caught, wrong }) => caught > 0 && wrong.length === 0);
};
