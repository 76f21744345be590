import { setTimeout as sleep } from 'node:timers/promises';
import { runContainerToEnd, runInContainer } from './container-run.ts';
import type { GuardedFolder } from './guarded-folder.ts';
import { runInProcess, runProcessToEnd } from './process-run.ts';

/** What runs a server: a program of this machine, or one in an image. */
export type Program = { readonly file: string; readonly image?: string };

/** One server's life in one folder, and on the same ports. */
export type ServerRun = {
  /** Undefined while it is down, and in a container. */
  pid(): number | undefined;
  isUp(): Promise<boolean>;
  start(): Promise<void>;
  /** Resolves when the server is gone, of SIGKILL. */
  kill(): Promise<void>;
  /** Resolves when the server has ended by itself, of SIGTERM. Throws if it does not within 30 s. */
  stop(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** What it said last, for whoever asks why it does not answer. */
  tail(): Promise<string>;
};

export type Started = {
  readonly program: Program;
  readonly args: readonly string[];
  readonly folder: GuardedFolder;
  /** Where a container is to be reached. */
  readonly ports: readonly number[];
};

export const runOf = (started: Started): ServerRun =>
  started.program.image === undefined ? runInProcess(started) : runInContainer(started, started.program.image);

/** Runs the program to its end; throws what it said if it fails. */
export const runToEnd = (started: Omit<Started, 'ports'>): Promise<void> =>
  started.program.image === undefined ? runProcessToEnd(started) : runContainerToEnd(started, started.program.image);

const pollMs = 25;
const answerMsMax = 60_000;

/** Starts it and waits for its first answer. Throws what it said if it ends or stays silent for a minute. */
export const startAndAwait = async (run: ServerRun, answers: () => Promise<boolean>): Promise<void> => {
  await run.start();
  const giveUpAtMs = Date.now() + answerMsMax;
  while (!(await answers())) {
    if (!(await run.isUp()) || Date.now() > giveUpAtMs) throw new Error(`does not answer:\n${await run.tail()}`);
    await sleep(pollMs);
  }
};
