import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';

const root = join(import.meta.dirname, '../..');

export type ServiceProcess = {
  readonly child: ChildProcess;
  /** What it has logged so far, each line as text. */
  readonly lines: () => readonly string[];
  /** Resolves once it has logged a line like this; rejects where it ends first. */
  readonly logged: (form: RegExp) => Promise<string>;
  /** Signals it, and waits for its end: its exit code, or the signal that ended it. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | string>;
};

const running = new Set<ChildProcess>();

/** Whatever a test has left running is killed, even when it fails. */
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});

/** Starts one of the services as a deployment does: a process, told by its environment alone. */
export const startService = (
  name: 'engine' | 'clock' | 'intake',
  environment: Readonly<Record<string, string>>,
): ServiceProcess => {
  const { PATH = '', TZ = '' } = process.env;
  const child = spawn(process.execPath, [join(root, `services/${name}/src/main.ts`)], {
    env: { PATH, TZ, ALO_HTTP_PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let rest = '';
  const take = (chunk: Buffer) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() as string;
    lines.push(...parts);
    for (const look of [...waiting]) look();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  ended.then(() => {
    running.delete(child);
    for (const look of [...waiting]) look();
  });
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;

  return {
    child,
    lines: () => lines,
    logged: (form) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const line = lines.find((one) => form.test(one));
          if (line === undefined && !hasEnded()) return;
          waiting.delete(look);
          if (line !== undefined) resolve(line);
          else reject(new Error(`${name} has ended without a line like ${form}:\n${lines.join('\n')}`));
        };
        waiting.add(look);
        look();
      }),
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
};
