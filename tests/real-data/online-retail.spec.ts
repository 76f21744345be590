import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseDuration, parseInstant } from '@alo/contracts';
import { describe, expect, test } from '@jest/globals';
import { run } from '../../services/cli/src/run/run.ts';
import { root, scratchFolder } from '../cli/alo-process.ts';

/** Real purchases, and what an independent program made of them from SPEC.md alone; too large to lie in the repository. */
const data = process.env.ALO_REAL_DATA ?? join(root, '../shared/data');

type Output = Readonly<Record<string, unknown>> & { readonly type: string };
type DeadLetter = { readonly line: number; readonly code: string };

const linesOf = <Line>(text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
const unpacked = (name: string) => gunzipSync(readFileSync(join(data, name)));

/** What of an output must be the same; the rest is free. */
const compared = ({ id, type, subject, time, source, expirytime, data }: Output) => ({
  id,
  type,
  subject,
  time,
  source,
  expirytime,
  data,
});

const cases = [
  { events: 'online-retail', policy: 'online-retail', until: '2011-04-15T00:00:00Z', expected: 'online-retail' },
  {
    events: 'online-retail',
    policy: 'online-retail.rich',
    until: '2011-05-15T00:00:00Z',
    expected: 'online-retail.rich',
  },
  {
    events: 'online-retail.nasty',
    policy: 'online-retail.rich',
    until: '2011-05-15T00:00:00Z',
    expected: 'online-retail.nasty',
  },
];

const folder = scratchFolder();

const ran = async ({ events, policy, until, expected }: (typeof cases)[number]) => {
  const at = (name: string) => join(folder, `${expected}.${name}`);
  writeFileSync(at('events'), unpacked(`${events}.ndjson.gz`));
  await run({
    policy: join(data, `${policy}.policy.json`),
    events: at('events'),
    until: parseInstant(until),
    maxGapMs: parseDuration('P31D'),
    data: at('store'),
    out: at('out'),
    deadLetters: at('dead'),
  });
  return { out: readFileSync(at('out'), 'utf8'), dead: readFileSync(at('dead'), 'utf8') };
};

const isThere = existsSync(join(data, 'online-retail.ndjson.gz'));
const title = isThere ? 'the real purchases' : `the real purchases (not in ${data}: ALO_REAL_DATA names their folder)`;

describe(title, () => {
  (isThere ? test : test.skip).each(cases)('$events under $policy.policy.json say what was expected', async (one) => {
    const { out, dead } = await ran(one);
    const outputs = linesOf<Output>(out);
    const expected = linesOf<Output>(unpacked(`${one.expected}.expected.ndjson.gz`).toString());
    const deadName = `${one.expected}.dead-letters.ndjson.gz`;
    const deadExpected = existsSync(join(data, deadName)) ? unpacked(deadName).toString() : '';
    const refused = (text: string) => linesOf<DeadLetter>(text).map(({ line, code }) => ({ line, code }));
    expect(refused(dead)).toEqual(refused(deadExpected));
    expect(outputs.map(compared)).toEqual(expected.map(compared));
    expect(outputs.length).toBeGreaterThan(100);
  });
});
