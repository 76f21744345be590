import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const execute = promisify(execFile);
const main = join(import.meta.dirname, 'main.ts');
const testMsMax = 300_000;
const outputMax = 1 << 28;

/** Runs the simulation as its users do: what it prints, and its exit code. */
const sim = (...args: string[]): Promise<{ stdout: string; code: number }> =>
  execute(process.execPath, [main, ...args], { env: { ...process.env, NODE_OPTIONS: '' }, maxBuffer: outputMax }).then(
    ({ stdout }) => ({ stdout, code: 0 }),
    ({ stdout, code }) => ({ stdout, code }),
  );

const lastLine = (text: string) => JSON.parse(text.trim().split('\n').at(-1) as string);

test(
  'in 2,000 lives of engines nothing is lost, doubled, foreign, or stands still',
  async () => {
    const { stdout, code } = await sim('--seeds', '2000', '--json');
    const { ran, violations, outputs, unverified, stopped } = lastLine(stdout);
    expect({ ran, violations, code }).toEqual({ ran: 2000, violations: [], code: 0 });
    expect(outputs).toBeGreaterThan(10_000);
    // What must be rare and must not be never: else the lives are too quiet to show anything.
    expect(Math.min(unverified, stopped)).toBeGreaterThan(5);
  },
  testMsMax,
);

test(
  'every safeguard is missed where it is switched off',
  async () => {
    const { stdout, code } = await sim('--sabotages', '--until-caught', '--seeds', '3000', '--json');
    const hunted = lastLine(stdout) as { name: string; ran: number; caught: number; wrong: number[] }[];
    process.stderr.write(hunted.map(({ name, ran }) => `missed in one of ${ran} lives: ${name}\n`).join(''));
    expect(hunted.filter(({ caught, wrong }) => caught === 0 || wrong.length > 0)).toEqual([]);
    expect(hunted.length).toBeGreaterThan(30);
    expect(code).toBe(0);
  },
  testMsMax,
);

test(
  'a seed is the same life, step by step, whenever it is run',
  async () => {
    const [first, second, other] = await Promise.all([
      sim('--seed', '17', '--trace'),
      sim('--seed', '17', '--trace'),
      sim('--seed', '18', '--trace'),
    ]);
    expect(first.stdout.split('\n').length).toBeGreaterThan(100);
    expect(second.stdout).toBe(first.stdout);
    expect(other.stdout).not.toBe(first.stdout);
  },
  testMsMax,
);

test(
  'a life in which something is wrong ends with 2, and says how to see it again',
  async () => {
    const { stdout, code } = await sim('--seeds', '3', '--sabotage', 'nothing is muted');
    expect(code).toBe(2);
    expect(stdout).toMatch(/npm run sim -- --seed \d+/);
  },
  testMsMax,
);
