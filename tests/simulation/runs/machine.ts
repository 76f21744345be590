import type { Appended, Input } from '../../../packages/runtime/src/embedded/messages.ts';
import type { MemoryContents } from '../../../packages/runtime/src/memory/memory-store.ts';
import { emptyContents } from '../../../packages/runtime/src/memory/memory-store.ts';
import type { World } from '../world.ts';

/** A file: what is read of it, and how much of that a loss of power leaves. */
export type File = { readonly ino: number; bytes: Buffer; syncedBytes: number };

/** What a database holds. Whatever was committed outlives the process, and a loss of power. */
export type Database = {
  readonly contents: MemoryContents;
  readonly rows: Appended[];
  readonly inputs: Map<number, Input>;
  readonly notes: Map<string, unknown>;
};

export const emptyDatabase = (): Database => ({
  contents: emptyContents(),
  rows: [],
  inputs: new Map(),
  notes: new Map(),
});

/** A copy that nothing changes any more. What is in it is only ever replaced. */
export const copyOf = ({ contents, rows, inputs, notes }: Database): Database => ({
  contents: { ...contents, outputs: [...contents.outputs], subscribers: new Map(contents.subscribers) },
  rows: [...rows],
  inputs: new Map(inputs),
  notes: new Map(notes),
});

/** What befalls a process at one of its calls: it is killed, the power fails, the disk is full, it is asked to stop. */
export const strikeKinds = ['kill', 'power', 'full', 'signal'] as const;
export type Strike = { readonly call: number; readonly kind: (typeof strikeKinds)[number]; readonly how: number };

export type Bounds = {
  readonly settlePieceMax: number;
  readonly changedMax: number;
  readonly recordsMax: number;
  readonly cacheBytesMax: number;
};

/** Thrown out of a call in which its process dies: nothing that runs after it is seen by anybody. */
class Killed extends Error {}

const slowUsMax = 400;

/** A process, from its start to its end or death: each of its calls goes through here. */
export const makeProcess = (machine: Machine, bounds: Bounds, strike: Strike | undefined) => {
  const { world } = machine;
  const { scheduler, chance } = world;
  let isDead = false;
  let isFull = false;
  let calls = 0;
  let busyUntilUs = 0;
  let waiting: (() => void)[] = [];
  let reason: 'signal' | undefined;
  let ask = () => {};
  let die = () => {};
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  const died = new Promise<'killed'>((resolve) => {
    die = () => resolve('killed');
  });

  const tell = (what: string) => {
    if (world.isTold) world.tell('run', what);
  };

  /** Of what it has asked its storage thread for, the first may still be done. */
  const kill = (how: number): void => {
    const done = waiting.splice(0, Math.floor(how * (waiting.length + 1)));
    waiting = [];
    tell(`is killed; ${done.length} of its calls are still done`);
    isDead = true;
    for (const run of done) run();
    die();
    scheduler.wake();
  };

  /** Counts a call; what befalls the process there is its own to carry out, but for a signal. */
  const called = (what: string): Strike | undefined => {
    if (isDead) throw new Killed();
    calls += 1;
    tell(what);
    if (strike?.call !== calls) return undefined;
    tell(`${strike.kind} at call ${calls}`);
    if (strike.kind === 'full') isFull = true;
    if (strike.kind === 'signal') {
      reason = 'signal';
      ask();
    }
    return strike;
  };

  const fallen = (struck: Strike): boolean => struck.kind === 'kill' || struck.kind === 'power';

  const loseUnsynced = ({ kind, how }: Strike): void => {
    if (kind !== 'power') return;
    for (const file of machine.files.values()) {
      const left = file.syncedBytes + Math.floor(how * (file.bytes.length - file.syncedBytes));
      file.bytes = file.bytes.subarray(0, left);
    }
  };

  const fall = (struck: Strike): void => {
    kill(struck.how);
    loseUnsynced(struck);
  };

  return {
    bounds,
    isFull: (): boolean => isFull,
    calls: (): number => calls,
    died,
    interruption: { reason: () => reason, asked, release: () => undefined },
    /** A call that takes effect before it returns. It may be cut short: `effect` is told how much of it is done. */
    now: <Result>(what: string, effect: (share: number) => Result): Result => {
      const struck = called(what);
      if (!struck || !fallen(struck)) return effect(1);
      effect(struck.how);
      fall(struck);
      throw new Killed();
    },
    /** A call to another thread: done in its turn and in its time, and answered then. */
    later: <Result>(what: string, effect: () => Result | Promise<Result>): Promise<Result> =>
      new Promise((resolve, reject) => {
        if (isDead) return;
        const struck = called(what);
        if (struck && fallen(struck) && struck.how < 0.5) return fall({ ...struck, how: struck.how * 2 });
        let isDone = false;
        const run = () => {
          if (isDone) return;
          isDone = true;
          waiting = waiting.filter((one) => one !== run);
          try {
            const result = effect();
            if (!isDead) resolve(result);
          } catch (error) {
            if (!isDead) reject(error);
          }
          if (struck && fallen(struck)) fall({ ...struck, how: 0 });
          scheduler.wake();
        };
        waiting.push(run);
        busyUntilUs = Math.max(busyUntilUs, scheduler.nowUs()) + chance.below(slowUsMax);
        scheduler.after(busyUntilUs - scheduler.nowUs(), () => {
          if (!isDead) run();
        });
      }),
  };
};

export type Process = ReturnType<typeof makeProcess>;

/** A machine on which one process runs after the other. */
export type Machine = {
  readonly world: World;
  readonly files: Map<string, File>;
  /** Files by the number that whoever opened them was given. */
  readonly opened: File[];
  database: Database;
  process: Process;
};

let running: Machine | undefined;

/** The machine on which the code under test runs now: it asks by imports, which no seed can pass anything to. */
export const here = (): Machine => {
  if (!running) throw new Error('no machine runs');
  return running;
};

export const makeMachine = (world: World): Machine => {
  const machine = { world, files: new Map<string, File>(), opened: [] as File[], database: emptyDatabase() } as Machine;
  running = machine;
  return machine;
};

export const putFile = ({ files }: Machine, path: string, bytes: Uint8Array): void => {
  const copy = Buffer.from(bytes);
  files.set(path, { ino: files.get(path)?.ino ?? files.size + 1, bytes: copy, syncedBytes: copy.length });
};
