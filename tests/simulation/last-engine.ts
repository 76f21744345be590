import type { Ending } from './checker.ts';
import type { Version } from './cores.ts';
import { type SimulatedEngine, startSimulated } from './engines.ts';
import type { Plan } from './plan.ts';
import { partitionsOf, type Run } from './run.ts';
import { receiptsOf } from './said-so-far.ts';
import { endTrouble, sleep } from './world.ts';

const catchUpUs = 40_000_000;
const lookEveryUs = 10_000;
/** What arrived last may have been put off so long, and be noticed so late. */
const lateUs = 200_000;

const stragglers = 0.3;
/** The last engine must go on by itself after a connection that was cut, though nothing comes any more. */
const lastCuts = 0.3;
const aheadUs = 120_000;
const soonUs = 30_000;

/** Nothing fails from now on, and what hangs is decided; who is still there may go on as a zombie. */
export const heal = async ({ plan, world, broker, redis, fleet, group }: Run): Promise<void> => {
  if (world.isTold) world.tell('world', 'nothing fails any more');
  endTrouble(world.trouble);
  broker.coordinator.writeLost();
  redis.become(true);
  redis.becomeFull(false);
  fleet.close();
  for (const { process } of fleet.everyone()) if (world.chance.happens(0.4)) process.kill();
  for (const { partition, appendedAt, bytes } of plan.ending) {
    broker.journal(partition).append({ key: null, value: bytes }, appendedAt);
  }
  group.share();
  if (!world.chance.happens(stragglers)) return;
  fleet.addStraggler();
  await sleep(world, world.chance.below(aheadUs));
};

/** The versions to try at the end: who spoke last goes on best. */
const lastVersions = ({ plan, broker }: Run): readonly Version[] => {
  const last = receiptsOf(broker, 0).at(-1)?.version as Version | undefined;
  return [...new Set([...(last ? [last] : []), ...plan.versions])];
};

const endingOf = (
  { broker }: Run,
  { conditions, progress }: SimulatedEngine,
  partition: number,
): Ending | undefined => {
  const condition = conditions.get(partition)?.kind;
  if (condition === 'stopped') return 'stopped';
  const isThere = progress.get(partition)?.offset === broker.journal(partition).end();
  return condition === 'running' && isThere ? 'caught-up' : undefined;
};

/** Waits until something holds; tells whether it came to that. */
const until = async ({ world, found }: Run, holds: () => boolean): Promise<boolean> => {
  for (let waitedUs = 0; waitedUs < catchUpUs && found.length === 0; waitedUs += lookEveryUs) {
    await sleep(world, lookEveryUs);
    if (holds()) return true;
  }
  return false;
};

/** How each partition ends under an engine that has it alone; undefined where it does not come to an end. */
const endUnder = async (run: Run, version: Version, n: number): Promise<(Ending | undefined)[]> => {
  const { plan, world, around, group, fleet, broker, redis } = run;
  group.open();
  const bounds = plan.bounds.at(-1) as Plan['bounds'][number];
  const last = startSimulated(around, { name: `last-${n}`, version, bounds });
  const endings = () => partitionsOf(plan).map((partition) => endingOf(run, last, partition));
  const hasEnded = () => endings().every((ending) => ending !== undefined);
  await until(run, () => group.keepOnly(last.process));
  await until(run, () => [...last.conditions.values()].some(({ kind }) => kind === 'running') || hasEnded());
  await sleep(world, world.chance.below(soonUs));
  fleet.straggler()?.goOn();
  if (world.chance.happens(lastCuts)) redis.cut();
  await until(run, hasEnded);
  // What the others have sent may still disturb it; they themselves no more.
  for (const { process } of fleet.everyone()) process.kill();
  await until(run, () => fleet.everyone().every(({ process }) => process.underWay() === 0));
  await sleep(world, lateUs);
  await until(run, hasEnded);
  const ended = endings();
  let hasStopped = false;
  void last.engine.stop().then(() => {
    hasStopped = true;
  });
  await until(run, () => hasStopped);
  await until(run, () => broker.coordinator.isQuiet());
  last.process.kill();
  return hasStopped ? ended : ended.map(() => undefined);
};

/** Lets an engine catch up; where its version may not go on, another. */
export const catchUp = async (run: Run): Promise<(Ending | undefined)[]> => {
  let endings: (Ending | undefined)[] = [];
  for (const [n, version] of lastVersions(run).entries()) {
    endings = await endUnder(run, version, n);
    if (endings.every((ending) => ending === 'caught-up')) break;
  }
  return endings;
};
