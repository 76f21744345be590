import { drive, type Ran } from '../run-seed.ts';
import { makeWorld, sleep } from '../world.ts';
import { fileName, problemOfRuns, stoodThere } from './judge.ts';
import { copyOf, type Database, type Machine, makeMachine, makeProcess, putFile } from './machine.ts';
import type { PlannedRun, RunsPlan } from './plan.ts';

export type RunsUnderTest = typeof import('./under-test.ts');

const calm = { lost: 0, unanswered: 0, late: 0, slow: 0, moved: 0, instant: 0 };

/** How a run ended: by itself, by a stop that was asked for, dead, or by the error that it rejected with. */
type End = 'ended' | 'killed' | Error;

const optionsOf = ({ policy, file, until }: PlannedRun, { maxGapMs }: RunsPlan) => ({
  policy: `/policy-${policy}`,
  events: fileName(file),
  data: '/data',
  out: '/out',
  deadLetters: '/dead-letters',
  maxGapMs,
  ...(until !== undefined && { until }),
});

/** A run that is begun goes on where it stood, also from a copy of its database that is older. */
const isBegun = ({ notes }: Database): boolean => {
  const note = notes.get('run') as { readonly isEnded: boolean } | undefined;
  return note !== undefined && !note.isEnded;
};

const start = (machine: Machine, planned: PlannedRun, plan: RunsPlan, { run }: RunsUnderTest): Promise<End> => {
  const { policies, files } = plan;
  putFile(machine, `/policy-${planned.policy}`, Buffer.from(policies[planned.policy] as string));
  const lines = (files[planned.file] as readonly Uint8Array[]).slice(0, planned.lines);
  putFile(machine, fileName(planned.file), Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])));
  machine.process = makeProcess(machine, planned.bounds, planned.strike);
  const running: Promise<End> = run(optionsOf(planned, plan)).then(
    () => 'ended',
    (error) => error,
  );
  return Promise.race([running, machine.process.died]);
};

/** A full disk is what a run may end by, and nothing else. */
const problemOf = (end: End, { isFull }: Machine['process']): string | undefined =>
  typeof end === 'string' || (isFull() && /disk is full|no space left/.test(end.message))
    ? undefined
    : `a run ends with ${end.stack}`;

const live = async (machine: Machine, plan: RunsPlan, underTest: RunsUnderTest): Promise<string | undefined> => {
  let copies: Database[] = [];
  for (const path of ['/out', '/dead-letters']) putFile(machine, path, Buffer.from(stoodThere));
  for (const planned of plan.runs) {
    // What is left of a dead process comes to nothing before the next one starts.
    await sleep(machine.world, 1);
    if (planned.restoredFrom !== undefined && copies.length > 0) {
      copies = copies.slice(0, 1 + Math.floor(planned.restoredFrom * copies.length));
      machine.database = copyOf(copies.at(-1) as Database);
      if (machine.world.isTold) machine.world.tell('disk', `holds copy ${copies.length - 1} of the database`);
    }
    const end = await start(machine, planned, plan, underTest);
    const problem = problemOf(end, machine.process);
    if (problem) return problem;
    if (isBegun(machine.database)) copies.push(copyOf(machine.database));
  }
  return problemOfRuns(plan, machine);
};

/** Lives through a plan, and checks what is left. */
export const runLife = async (plan: RunsPlan, underTest: RunsUnderTest, isTold = false): Promise<Ran> => {
  const world = makeWorld(plan.seed, calm, isTold);
  const machine = makeMachine(world);
  let ended: { readonly violation: string | undefined } | undefined;
  live(machine, plan, underTest).then(
    (violation) => {
      ended = { violation };
    },
    (error) => {
      ended = { violation: `the simulation fails: ${error.stack}` };
    },
  );
  const stuck = await drive(world, () => ended !== undefined);
  return {
    seed: plan.seed,
    violation: stuck ?? ended?.violation,
    endings: [],
    steps: world.scheduler.happened(),
    outputs: machine.database.contents.outputs.length,
    unverified: 0,
    trace: world.trace,
  };
};
