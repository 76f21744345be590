import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { makeDoor } from './door.ts';
import { controls } from './doors/controls.ts';
import { doorNames } from './doors/doors.ts';
import { runRound } from './round.ts';

const execute = promisify(execFile);
const main = join(import.meta.dirname, 'main.ts');
const testMsMax = 300_000;

type Told = { readonly stdout: string; readonly stderr: string; readonly code: number };

/** Runs the fuzzer as its users do: what it prints, and its exit code. */
const fuzz = (...args: string[]): Promise<Told> =>
  execute(process.execPath, [main, ...args], { env: { ...process.env, NODE_OPTIONS: '' } }).then(
    ({ stdout, stderr }) => ({ stdout, stderr, code: 0 }),
    ({ stdout, stderr, code }) => ({ stdout, stderr, code }),
  );

const found = async (...args: string[]) => {
  const { stdout, code } = await fuzz(...args, '--json');
  return { ...JSON.parse(stdout), code };
};

test(
  'a round of every door finds nothing wrong, and of what is sent some is taken and some refused',
  async () => {
    const { findings, doors, code } = await found('--rounds', '1', '--seed', '1');
    expect({ findings, code }).toEqual({ findings: [], code: 0 });
    expect(Object.keys(doors)).toEqual(doorNames);
    const isTrivial = (name: string) => Math.min(doors[name].taken, doors[name].refused) === 0;
    expect(doorNames.filter(isTrivial)).toEqual([]);
  },
  testMsMax,
);

describe('a door that is broken on purpose is found out', () => {
  const limits = { cpuMsMax: 10_000, shrinkMsMax: 60_000 };
  const controlNamed = (name: string) => controls.find((door) => door.name === name) as (typeof controls)[number];

  test.each([
    { name: 'control-throws', why: 'TypeError: no refusal of anybody' },
    { name: 'control-forgets', why: 'what was written is another when it is read' },
  ])('$name: $why, and the case is the smallest', async ({ name, why }) => {
    const { finding } = await runRound(controlNamed(name), { seed: 1 }, limits);
    expect(finding).toMatchObject({ door: name, kind: 'wrong', seed: 1 });
    expect(finding?.why).toContain(why);
    expect(finding?.input).toContain('as 1 bytes: "*"');
    const { finding: again } = await runRound(controlNamed(name), { seed: 1, path: finding?.path }, limits);
    expect(again?.input).toBe(finding?.input);
  });

  test.each([
    { name: 'control-hangs', kind: 'hangs', why: 'does not come to an end', hangSeconds: '5' },
    { name: 'control-eats', kind: 'crashes', why: 'takes more than 256 MB of heap', hangSeconds: '60' },
    { name: 'control-hoards', kind: 'crashes', why: 'takes more than 900 MB of memory', hangSeconds: '60' },
  ])(
    '$name: $why, in another process',
    async ({ name, kind, why, hangSeconds }) => {
      const limited = ['--rounds', '1', '--hang-seconds', hangSeconds, '--shrink-seconds', '0'];
      const { findings, code } = await found('--door', name, '--seed', '1', ...limited);
      expect(code).toBe(2);
      expect(findings).toMatchObject([{ door: name, kind, why }]);
      expect(findings[0].input).toContain('42');
      expect(findings[0].replay).toBe(`npm run fuzz -- --door ${name} --seed 1 --path ${findings[0].path}`);
    },
    testMsMax,
  );

  test('control-toils: takes more processor time than it may', async () => {
    const { finding } = await runRound(controlNamed('control-toils'), { seed: 1 }, { cpuMsMax: 100, shrinkMsMax: 0 });
    expect(finding?.why).toMatch(/^took \d+ ms of processor time, and 100 are much$/);
    expect(finding?.input).toContain('42');
  });

  const doorThat = (message: string) =>
    makeDoor({
      ...{ name: 'one', casesPerRound: 1, cases: fc.constant(0), render: () => 0 },
      enter: () => {
        throw new RangeError(message);
      },
      refuses: (error) => error instanceof RangeError,
    });

  test.each([
    { message: 'not that', why: undefined, what: 'in words' },
    { message: '', why: 'a refusal gives no reason', what: 'without a reason' },
    { message: 'x'.repeat(2001), why: 'a reason is 2001 characters long', what: 'at length' },
    { message: '\u202e', why: 'a reason holds what is not printable: "\u202e"', what: 'the wrong way round' },
  ])('a refusal $what: $why', async ({ message, why }) => {
    expect((await runRound(doorThat(message), { seed: 1 }, limits)).finding?.why).toBe(why);
  });
});

test('who asks for a door that there is not is told so', async () => {
  expect(await fuzz('--door', 'nowhere')).toEqual({ stdout: '', stderr: 'there is no door nowhere\n', code: 1 });
});
