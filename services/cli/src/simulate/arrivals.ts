import { dayMs, minuteMs } from '@alo/contracts';
import { breakLine } from './broken-lines.ts';
import type { Sent } from './day-plan.ts';
import { fork, logUniform, type Random, randomOf } from './random.ts';
import type { World } from './world.ts';

/** What is on its way, by the minute in which it arrives. */
type Pending = Map<number, string[]>;

const delayMinutesMax = (30 * dayMs) / minuteMs;

const minuteOf = (at: number): number => Math.floor(at / minuteMs);

const delay = (pending: Pending, random: Random, { at, line }: Sent): void => {
  const minute = minuteOf(at) + Math.ceil(logUniform(random, 1, delayMinutesMax));
  const others = pending.get(minute);
  if (others) others.push(line);
  else pending.set(minute, [line]);
};

function* arrivingIn(pending: Pending, minute: number): Generator<string> {
  const lines = pending.get(minute);
  if (!lines) return;
  pending.delete(minute);
  yield* lines;
}

type Fate = 'on time' | 'twice' | 'broken' | 'late';

const fateOf = (world: World, random: Random, { late }: Sent): Fate => {
  const { duplicateShare, brokenShare, lateShare } = world;
  const drawn = random();
  if (drawn < duplicateShare) return 'twice';
  if (drawn < duplicateShare + brokenShare) return 'broken';
  return late && drawn < duplicateShare + brokenShare + lateShare ? 'late' : 'on time';
};

/** The lines in the order of their arrival: some late, some twice, some broken. Only what is on its way is held. */
export function* inOrderOfArrival(world: World, sent: Iterable<Sent>): Generator<string> {
  const pending: Pending = new Map();
  const [fates, details] = [randomOf(fork(world.seed, 'fates')), randomOf(fork(world.seed, 'fate details'))];
  let minute = Number.NaN;
  for (const one of sent) {
    const now = minuteOf(one.at);
    for (minute = Number.isNaN(minute) ? now : minute; minute < now; ) yield* arrivingIn(pending, ++minute);
    const fate = fateOf(world, fates, one);
    if (fate === 'twice' || fate === 'late') delay(pending, details, one);
    if (fate === 'broken') yield breakLine(details, one.line);
    if (fate === 'on time' || fate === 'twice') yield one.line;
  }
  for (const last of [...pending.keys()].sort((a, b) => a - b)) yield* arrivingIn(pending, last);
}
