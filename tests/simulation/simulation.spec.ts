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
    const { stdout, code } = await sim('--of', 'engines', '--seeds', '2000', '--json');
    const { ran, violations, outputs, unverified, stopped } = lastLine(stdout);
    expect({ ran, violations, code }).toEqual({ ran: 2000, violations: [], code: 0 });
    expect(outputs).toBeGreaterThan(10_000);
    // What must be rare and must not be never: else the lives are too quiet to show anything.
    expect(Math.min(unverified, stopped)).toBeGreaterThan(5);
  },
  testMsMax,
);

test(
  'in 200 lives of runs over files no line and no output is lost, doubled, or foreign',
  async () => {
    const { stdout, code } = await sim('--of', 'runs', '--seeds', '200', '--json');
    const { ran, violations, outputs } = lastLine(stdout);
    expect({ ran, violations, code }).toEqual({ ran: 200, violations: [], code: 0 });
    expect(outputs).toBeGreaterThan(2000);
  },
  testMsMax,
);

test.each([
  { of: 'engines', most: 3000, more: 30 },
  { of: 'runs', most: 300, more: 9 },
])(
  'every safeguard of $of is missed where it is switched off',
  async ({ of, most, more }) => {
    const { stdout, code } = await sim('--of', of, '--sabotages', '--until-caught', '--seeds', `${most}`, '--json');
    const hunted = lastLine(stdout) as { name: string; ran: number; caught: number; wrong: number[] }[];
    process.stderr.write(hunted.map(({ name, ran }) => `missed in one of ${ran} lives: ${name}\n`).join(''));
    expect(hunted.filter(({ caught, wrong }) => caught === 0 || wrong.length > 0)).toEqual([]);
    expect(hunted.length).toBeGreaterThan(more);
    expect(code).toBe(0);
  },
  testMsMax,
);

test.each(['engines', 'runs'])(
  'a seed of %s is the same life, step by step, whenever it is run',
  async (of) => {
    const [first, second, other] = await Promise.all([
      sim('--of', of, '--seed', '17', '--trace'),
      sim('--of', of, '--seed', '17', '--trace'),
      sim('--of', of, '--seed', '18', '--trace'),
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
    expect(stdout).toMatch(/npm run sim -- --of engines --seed \d+ --trace --sabotage 'nothing is muted'/);
  },
  testMsMax,
);

test(
  'a life of runs in which something is wrong is shown with few lines and runs',
  async () => {
    const { stdout, code } = await sim('--of', 'runs', '--seed', '0', '--sabotage', 'a torn end', '--shrink');
    expect(code).toBe(2);
    expect(stdout.match(/^run /gm)?.length).toBe(2);
    expect(stdout.match(/^file /gm)?.length).toBeLessThan(6);
  },
  testMsMax,
);
