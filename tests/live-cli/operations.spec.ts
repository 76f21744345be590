/* What docs/operations.md tells an operator to do works, and it has a row for every problem that the doctor can tell. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { root } from '../cli/alo-process.ts';
import { startService } from '../live/service-process.ts';
import { describeWithServers } from '../servers/describe-with-servers.ts';
import { makeOperator } from './operator.ts';
import { startEngine, until } from './running.ts';

jest.setTimeout(120_000);
const textOf = (file: string) => readFileSync(join(root, file), 'utf8');
const doc = textOf('docs/operations.md');

/** The calls of alo in the blocks of shell, in their order. */
const calls = [...doc.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block = '']) =>
  block.split('\n').flatMap((line) => (line.startsWith('npx alo ') ? [line.slice('npx alo '.length)] : [])),
);

describeWithServers(['kafka', 'redis'], 'an operator who follows the page', () => {
  test('comes from nothing to running', async () => {
    const operator = await makeOperator();
    const inRoot = async (call: string) => (await operator.shell(`cd ${root} && alo ${call}`)).code;
    const before = calls.slice(0, calls.indexOf('doctor'));
    const codes = [];
    for (const call of before) codes.push([call, await inRoot(call)]);
    expect(codes).toEqual([
      ['topics check', 2],
      ['topics create', 0],
      ['policy check infra/policies/mobifone.json', 0],
      ['policy publish infra/policies/mobifone.json --dry-run', 0],
      ['policy publish infra/policies/mobifone.json', 0],
    ]);
    const engine = startEngine(operator);
    const clock = startService('clock', operator.environment);
    await until('the doctor finds nothing', async () => (await inRoot('doctor')) === 0);
    expect(await inRoot('state s-17')).toBe(0);
    expect((await operator.shell('timeout --signal INT 5 node "$ALO" tail; true')).stderr).toMatch(/^listening to /);
    expect(calls.slice(before.length)).toEqual(['doctor', 'tail', 'state s-17']);
    await Promise.all([engine.end('SIGTERM'), clock.end('SIGTERM')]);
  });
});

/** What stands in a text between what is filled in, as words. */
const words = (text: string): string[] => text.toLowerCase().match(/[a-z0-9'-]+/g) ?? [];
const threesOf = (text: string): string[] => {
  const all = words(text);
  return all.slice(2).map((_, n) => all.slice(n, n + 3).join(' '));
};

/** All problems that stand in the code, as far as they are written there. */
const problems = [
  ...globSync('services/cli/src/live/doctor/*.ts', { cwd: root }),
  'packages/runtime/src/redis/redis-problems.ts',
]
  .filter((file) => !file.endsWith('.spec.ts'))
  .flatMap((file) => [...textOf(file).matchAll(/\bproblem:\s*(?:[^'`;{}\n]*\?\s*)?(['`])((?:(?!\1).)+)\1/g)])
  .map(([, , text = '']) => text.replace(/\$\{[^}]*\}+/g, ' … '));

test('the code has problems to tell', () => {
  expect(problems.length).toBeGreaterThan(25);
});

test.each(problems.map((problem) => ({ problem })))('the page knows of: $problem', ({ problem }) => {
  const told = new Set(
    doc
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .flatMap(threesOf),
  );
  const parts = problem.split(' … ').flatMap(threesOf);
  expect(parts.filter((three) => told.has(three))).not.toEqual([]);
});
