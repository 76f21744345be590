import { setImmediate } from 'node:timers/promises';
import type { Lives } from './lives.ts';
import type { Ran } from './run-seed.ts';
import { replayCommand, say, type Wanted } from './wanted.ts';

/** What came of many runs. */
export type Tally = {
  ran: number;
  steps: number;
  outputs: number;
  unverified: number;
  stopped: number;
  beyond: number;
  readonly caught: Ran[];
};

const add = (tally: Tally, ran: Ran): void => {
  tally.ran += 1;
  tally.steps += ran.steps;
  tally.outputs += ran.outputs;
  tally.unverified += ran.unverified;
  if (ran.endings.includes('stopped')) tally.stopped += 1;
  if (ran.endings.includes('beyond')) tally.beyond += 1;
  if (ran.violation !== undefined) tally.caught.push(ran);
};

type Following = {
  readonly onRan?: (ran: Ran, tally: Tally) => void;
  readonly isOver?: (tally: Tally) => boolean;
};

/** Runs seeds, one after the other. */
export const runAll = async <Life, Subject, Where>(
  { planOf, live }: Lives<Life, Subject, Where>,
  { seeds, like }: Pick<Wanted<Where>, 'seeds' | 'like'>,
  subject: Subject,
  { onRan, isOver }: Following,
): Promise<Tally> => {
  const tally: Tally = { ran: 0, steps: 0, outputs: 0, unverified: 0, stopped: 0, beyond: 0, caught: [] };
  for (const seed of seeds) {
    const ran = await live(planOf(seed, like?.where), subject);
    add(tally, ran);
    onRan?.(ran, tally);
    if (isOver?.(tally)) break;
    await setImmediate();
  }
  return tally;
};

const progressEveryMs = 1000;

const makeProgress = (seeds: number) => {
  let toldMs = performance.now();
  return ({ ran, caught }: Tally): void => {
    if (!process.stderr.isTTY || performance.now() - toldMs < progressEveryMs) return;
    toldMs = performance.now();
    process.stderr.write(`\r${ran} of ${seeds} seeds, ${caught.length} with something wrong\u001b[K`);
  };
};

const cpuSeconds = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
};

const sentence = (of: string, { ran, steps, outputs, ...tally }: Tally, perSecond: number): string => {
  const { stopped, unverified, beyond, caught } = tally;
  const seldom = [
    stopped > 0 && `${stopped} stopped as they must`,
    unverified > 0 && `${unverified} recoveries could not be verified`,
    beyond > 0 && `${beyond} beyond what is promised`,
  ].filter(Boolean);
  return (
    `${of}: ${ran} seeds, ${steps} steps, ${outputs} outputs, ${perSecond} seeds a second of one core: ` +
    [`${caught.length} with something wrong`, ...seldom].join('; ')
  );
};

/** Runs many seeds, and tells of each in which something is wrong how to see it again. */
export const runMany = async <Life, Subject, Where>(
  lives: Lives<Life, Subject, Where>,
  wanted: Wanted<Where>,
): Promise<boolean> => {
  const { sabotage, seeds, isJson } = wanted;
  const { of } = lives;
  const subject = await lives.subjectFor(sabotage);
  const progress = makeProgress(seeds.length);
  const since = process.cpuUsage();
  const onRan = ({ seed, violation }: Ran, tally: Tally) => {
    progress(tally);
    if (violation !== undefined && !isJson) say(`seed ${seed}: ${violation}\n  ${replayCommand(of, seed, wanted)}`);
  };
  const tally = await runAll(lives, wanted, subject, { onRan });
  const perSecond = Math.round(tally.ran / cpuSeconds(since));
  const violations = tally.caught.map(({ seed, violation }) => ({ seed, violation }));
  say(
    isJson
      ? JSON.stringify({ of, ...tally, caught: undefined, perSecond, violations })
      : sentence(of, tally, perSecond),
  );
  return violations.length === 0;
};
