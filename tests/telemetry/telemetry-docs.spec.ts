import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricNames, telemetryFields } from '@alo/runtime/live';
import { expect, test } from '@jest/globals';
import { root } from '../cli/alo-process.ts';

const docs = readFileSync(join(root, 'docs/telemetry.md'), 'utf8');
const firstCells = [...docs.matchAll(/^\| `([A-Za-z_]+)` \|/gm)].map(([, name]) => name as string);

test('the docs list every metric, and none that is not there', () => {
  expect(firstCells.filter((name) => name.startsWith('alo_')).sort()).toEqual(Object.values(metricNames).sort());
});

test('the docs list every variable, and none that is not there', () => {
  expect(firstCells.filter((name) => /^[A-Z]/.test(name)).sort()).toEqual(Object.keys(telemetryFields).sort());
});

test('whatever metric the docs speak of is there', () => {
  const named = new Set(docs.match(/\balo_[a-z_]+/g));
  const known: string[] = Object.values(metricNames);
  expect([...named].filter((name) => !known.includes(name))).toEqual([]);
});
