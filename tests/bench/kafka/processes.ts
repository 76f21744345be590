import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** A process that is measured from outside, as its neighbours are: what it prints, and its processor time. */
export type Measuring = {
  readonly child: ChildProcess;
  readonly lines: () => readonly string[];
  /** Seconds of the processor so far; of a process that has ended, up to the last look. */
  readonly cpuSeconds: () => number;
  readonly peakBytes: () => number;
  /** Resolves with the time at which so many lines like this have come. */
  readonly printed: (form: RegExp, times: number) => Promise<number>;
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>;
  readonly ended: Promise<number | null>;
};

const ticksPerSecond = 100;
const pollMs = 20;

/** Of a process of this machine, from what Linux tells of it. */
export const cpuSecondsOf = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
};

const peakBytesOf = (pid: number): number =>
  Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;

export const startMeasuring = (
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Measuring => {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  let rest = '';
  const take = (chunk: Buffer) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() as string;
    lines.push(...parts);
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const ended = once(child, 'close').then(([code]) => code as number | null);
  let last = { cpuSeconds: 0, peakBytes: 0 };
  const look = () => {
    try {
      last = { cpuSeconds: cpuSecondsOf(child.pid as number), peakBytes: peakBytesOf(child.pid as number) };
    } catch {}
    return last;
  };
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  return {
    child,
    lines: () => lines,
    cpuSeconds: () => look().cpuSeconds,
    peakBytes: () => look().peakBytes,
    printed: async (form, times) => {
      while (lines.filter((line) => form.test(line)).length < times) {
        if (isOver()) throw new Error(`${command} ${args.join(' ')} has ended:\n${lines.slice(-20).join('\n')}`);
        await new Promise((resolve) => setTimeout(resolve, pollMs));
      }
      return performance.now();
    },
    end: (signal) => {
      look();
      child.kill(signal);
      return ended;
    },
    ended,
  };
};
