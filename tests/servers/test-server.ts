import type { GuardedFolder } from './guarded-folder.ts';
import { type ServerRun, startAndAwait } from './server-run.ts';

/** A server that a test owns: dead with its data, at the latest, when the process that started it is. */
export type TestServer = {
  readonly port: number;
  /** Where its data lies. */
  readonly dataDir: string;
  /** Undefined while it is down, and in a container. */
  pid(): number | undefined;
  /** Again, on the same port and data. Resolves when it answers. */
  start(): Promise<void>;
  /** SIGKILL. Resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM. Resolves when it has ended by itself; throws if it does not within 30 s. */
  stop(): Promise<void>;
  /** SIGSTOP. */
  pause(): Promise<void>;
  /** SIGCONT. */
  resume(): Promise<void>;
  /** Ends it and deletes its data. */
  remove(): Promise<void>;
};

type Parts = {
  readonly port: number;
  readonly dataDir: string;
  readonly folder: GuardedFolder;
  readonly run: ServerRun;
  readonly answers: (port: number) => Promise<boolean>;
};

/** Starts it for the first time. */
export const startServer = async ({ port, dataDir, folder, run, answers }: Parts): Promise<TestServer> => {
  const { pid, kill, stop, pause, resume } = run;
  const start = () => startAndAwait(run, () => answers(port));
  const remove = async () => {
    if (await run.isUp()) await kill();
    await folder.remove();
  };
  await start();
  return { port, dataDir, pid, start, kill, stop, pause, resume, remove };
};
