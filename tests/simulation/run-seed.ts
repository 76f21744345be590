import { type Ending, problemIn } from './checker.ts';
import { strike } from './faults.ts';
import { catchUp, heal } from './last-engine.ts';
import type { Plan } from './plan.ts';
import { begin, hasSwallowed, partitionsOf, type Run, type Subject } from './run.ts';
import { receiptsOf } from './said-so-far.ts';
import { sleep, type World } from './world.ts';

/** What came of a run. */
export type Ran = {
  readonly seed: number;
  /** What was wrong, in a sentence. */
  readonly violation: string | undefined;
  readonly endings: readonly Ending[];
  /** So much happened in it. */
  readonly steps: number;
  readonly outputs: number;
  readonly unverified: number;
  readonly trace: readonly string[];
};

const stepsMax = 60_000;
const calmUs = 60_000;

/** Makes what the run needs, and lets it happen when it is planned. */
const schedule = ({ plan, world, broker, fleet, struck }: Run): number => {
  let lastUs = 0;
  for (const partition of partitionsOf(plan)) {
    for (const log of [broker.journal(partition), broker.receipts(partition), ...broker.outputLogs(partition)])
      log.end();
  }
  for (const { atUs, partition, appendedAt, bytes } of plan.records) {
    lastUs = Math.max(lastUs, atUs);
    world.scheduler.after(atUs, () => broker.journal(partition).append({ key: null, value: bytes }, appendedAt));
  }
  for (const fault of plan.faults) {
    lastUs = Math.max(lastUs, fault.atUs);
    world.scheduler.after(fault.atUs, () => strike(struck, fault));
  }
  fleet.startAll();
  return lastUs;
};

const live = async (run: Run): Promise<readonly Ending[]> => {
  const { world, found, left } = run;
  const lastUs = schedule(run);
  await sleep(world, lastUs + world.chance.below(calmUs));
  await heal(run);
  const caught = await catchUp(run);
  const endings = hasSwallowed(run) ? caught.map(() => 'beyond' as const) : caught;
  endings.forEach((ending, partition) => {
    const problem = ending ? problemIn(left, partition, ending) : 'the last engine does not come to an end';
    if (problem) found.push(`partition ${partition}: ${problem}`);
  });
  return endings.filter((ending) => ending !== undefined);
};

/** Resolves once all that follows from what was settled has run: a tick of Node comes when no promise has anything left. */
export const drained = (): Promise<void> => new Promise((resolve) => queueMicrotask(() => process.nextTick(resolve)));

/** Lets one thing after the other happen, until all is over; tells why where it never is. */
export const drive = async ({ scheduler }: World, over: () => boolean): Promise<string | undefined> => {
  while (!over()) {
    if (scheduler.happened() > stepsMax) return 'it goes on and on';
    const isLeft = scheduler.tick();
    await drained();
    if (!isLeft && !over()) return 'nothing is left to happen';
  }
  return undefined;
};

/** Runs a plan on the code under test, step by step as the seed says, and checks what is left. */
export const runPlan = async (plan: Plan, subject: Subject, isTold = false): Promise<Ran> => {
  const run = begin(plan, subject, isTold);
  let endings: readonly Ending[] | undefined;
  let failure: unknown;
  live(run).then(
    (ended) => {
      endings = ended;
    },
    (error) => {
      failure = error;
      endings = [];
    },
  );
  const stuck = await drive(run.world, () => endings !== undefined);
  const failed = failure === undefined ? undefined : `the simulation fails: ${(failure as Error).stack}`;
  return {
    seed: plan.seed,
    violation: failed ?? run.found[0] ?? stuck,
    endings: endings ?? [],
    steps: run.world.scheduler.happened(),
    outputs: receiptsOf(run.broker, 0).at(-1)?.count ?? 0,
    unverified: run.unverified(),
    trace: run.world.trace,
  };
};
