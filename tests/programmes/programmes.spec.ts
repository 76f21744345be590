import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checkPolicy } from '@alo/contracts';
import { describe, expect, test } from '@jest/globals';
import { lintPolicy } from '../../services/cli/src/lint/lint.ts';
import { alo, root } from '../cli/alo-process.ts';

const programmes = globSync('infra/policies/*.json', { cwd: root }).map((file) => basename(file, '.json'));

type Row = { readonly path: string; readonly value: unknown; readonly whose: string };

const textOf = (file: string) => readFileSync(join(root, file), 'utf8');

/** The rows of a page's tables: a path into the policy, what stands there, and who says so. */
const rowsOf = (page: string): Row[] =>
  [...page.matchAll(/^\| `([^`]+)` \| `([^`]+)` \| (.+) \|$/gm)].map(([, path = '', value = '', whose = '']) => ({
    path,
    value: JSON.parse(value),
    whose,
  }));

const valueAt = (json: unknown, path: string): unknown =>
  path.split(/[.[\]]+/).reduce((value: unknown, key) => (key === '' ? value : Object(value)[key]), json);

/** Every place of a policy that holds a figure or a word, by its path. */
const leavesOf = (json: unknown, path = ''): string[] =>
  typeof json === 'object' && json !== null
    ? Object.entries(json).flatMap(([key, value]) =>
        leavesOf(value, Array.isArray(json) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`),
      )
    : [path];

test('there is a policy for each of the four operators', () => {
  expect(programmes.toSorted()).toEqual(['mobifone', 's-fone', 'viettel', 'vinaphone']);
});

describe.each(programmes)('%s', (name) => {
  const file = `infra/policies/${name}.json`;
  const policy: unknown = JSON.parse(textOf(file));
  const page = textOf(`docs/programmes/${name}.md`);
  const rows = rowsOf(page);

  test('is right by alo policy check', async () => {
    const { code, stdout } = await alo(['policy', 'check', join(root, file)]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `policy ${name} version 1 is right\n` });
  });

  test('has a page whose figures are the file’s', () => {
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter(({ path, value }) => JSON.stringify(valueAt(policy, path)) !== JSON.stringify(value))).toEqual(
      [],
    );
  });

  test('has no figure that its page passes over, or tells twice', () => {
    const covers = (leaf: string) =>
      rows.filter(({ path }) => leaf === path || (/^[.[]/.test(leaf.slice(path.length)) && leaf.startsWith(path)));
    expect(leavesOf(policy).filter((leaf) => covers(leaf).length !== 1)).toEqual([]);
  });

  test('says of every figure whose it is', () => {
    const whose = new Set(rows.map((row) => row.whose));
    const known = ["the article's", 'an example', "the country's"];
    expect([...whose].filter((one) => !known.includes(one))).toEqual([]);
    expect(whose.has("the article's")).toBe(name !== 'viettel');
  });

  test('has a page that tells what is unwise in it', () => {
    const check = checkPolicy(policy);
    if (!check.ok) throw new Error('the policy is right');
    const advice = lintPolicy(check.policy).map(({ rule }) => rule);
    expect(advice).toEqual(name === 'mobifone' ? ['early-review'] : []);
    expect(page).toContain(advice.length === 0 ? 'finds nothing' : 'finds one thing');
  });
});
