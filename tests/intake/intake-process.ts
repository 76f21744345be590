import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll } from '@jest/globals';
import { root } from '../cli/alo-process.ts';

export type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly stderr: string };

/** An intake of its own, as an orchestrator starts one: a process and its environment. */
export type Intake = {
  readonly child: ChildProcess;
  /** What it has logged so far, sentence by sentence. */
  readonly said: readonly string[];
  /** Resolves with the next sentence of that form from now on, or rejects when it does not come. */
  readonly saying: (form: RegExp) => Promise<string>;
  readonly ended: Promise<Ended>;
  readonly kill: (signal: NodeJS.Signals) => Promise<Ended>;
};

const sayingMsMax = 60_000;
const running = new Set<ChildProcess>();

const isRunning = ({ exitCode, signalCode }: ChildProcess) => exitCode === null && signalCode === null;

afterAll(() => {
  for (const child of running) if (isRunning(child)) child.kill('SIGKILL');
});

/** Starts `node services/intake/src/main.ts` with this environment and no other. */
export const startIntake = (env: Readonly<Record<string, string>>): Intake => {
  const child = spawn(process.execPath, ['services/intake/src/main.ts'], {
    cwd: root,
    env: { PATH: process.env.PATH, ALO_HTTP_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const said: string[] = [];
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  createInterface(child.stdout).on('line', (line) => said.push(JSON.parse(line).msg as string));
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, stderr }) as Ended);
  const saying = async (form: RegExp) => {
    const from = said.length;
    for (let waitedMs = 0; waitedMs < sayingMsMax && isRunning(child); waitedMs += 20) {
      const found = said.slice(from).find((sentence) => form.test(sentence));
      if (found !== undefined) return found;
      await sleep(20);
    }
    throw new Error(`nothing like ${form} was said: ${said.join('\n')}\n${stderr}`);
  };
  const kill = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  return { child, said, saying, ended, kill };
};
