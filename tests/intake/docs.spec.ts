import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { intakeFields } from '../../services/intake/src/config.ts';
import { checkIntake } from '../../services/intake/src/intake-config.ts';
import { mapRecord } from '../../services/intake/src/map-record.ts';
import { prepareTopic } from '../../services/intake/src/source-topic.ts';
import { root } from '../cli/alo-process.ts';

const doc = readFileSync(join(root, 'docs/intake.md'), 'utf8');
const snippets = [...doc.matchAll(/^```json\n(.*?)^```$/gms)].map(([, text = '']) => JSON.parse(text));
const example = JSON.parse(readFileSync(join(root, 'services/intake/example.intake.json'), 'utf8'));

test('docs/intake.md shows a first file, a record, a file for it, and the event that comes of it', () => {
  expect(snippets).toHaveLength(4);
  const [first, record, config, event] = snippets;
  expect(checkIntake(first)).toMatchObject({ ok: true });
  const check = checkIntake(config);
  if (!check.ok) throw new Error(JSON.stringify(check.problems));
  const topic = prepareTopic(check.config.topics['operator.cdr.v1'] as never);
  const key = /With the key `(.*?)`/.exec(doc)?.[1] as string;
  const mapped = mapRecord(
    topic,
    {
      topic: 'operator.cdr.v1',
      partition: 0,
      offset: '0',
      timestampMs: 0,
      key: null,
      headers: {},
      value: Buffer.from(JSON.stringify(record)),
    },
    key,
  );
  expect(mapped.kind === 'event' && JSON.parse(Buffer.from(mapped.value).toString())).toEqual(event);
  expect(event.subject).toBe(createHmac('sha256', key).update('84901234567').digest('base64url'));
});

test('the example that lies beside the service holds both files of the docs', () => {
  expect(checkIntake(example)).toMatchObject({ ok: true });
  const [first, , config] = snippets;
  expect(example.topics).toMatchObject({ ...first.topics, ...config.topics });
});

test('the file that docker compose mounts is right', () => {
  const file = join(root, 'infra/intake/intake.json');
  if (!existsSync(file)) throw new Error(`${file} is not there`);
  expect(checkIntake(JSON.parse(readFileSync(file, 'utf8')))).toMatchObject({ ok: true });
});

describe('the table of docs/intake.md', () => {
  test('has a row for every variable that only intake has', () => {
    const rows = [...doc.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);
    const own = Object.keys(intakeFields).filter((name) => /^ALO_(INTAKE|SESSION)|PREFIX$/.test(name));
    expect(rows.toSorted()).toEqual(own.toSorted());
  });

  test('of sections links to what is there', () => {
    const headings = [...doc.matchAll(/^## (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .replace(/\s/g, '-'),
    );
    const links = [...doc.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
    expect(links).toEqual(headings);
  });
});
