/*
 * 6. What is refused, and where it lies
 *
 * A refusal says that alo did not take an event, and why. It is an output like a trigger: said once, in its place in the
 * order, with the bytes of the line untouched. It changes no state. These are the codes, in the order in which they are
 * looked for; the first that applies is said.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import {
  adjusted,
  charged,
  delisted,
  erased,
  type Happening,
  listed,
  opened,
  paid,
  requested,
} from '../../packages/domain/src/testing/events.ts';
import { allowed, refused } from '../../packages/domain/src/testing/expectations.ts';
import { at, scenario } from '../../packages/domain/src/testing/scenario.ts';
import { run } from '../../services/cli/src/run/run.ts';

test.each<{ event: Happening; code: Parameters<typeof refused>[0]; why: string }>([
  { event: charged(1).but({ specversion: '0.3' }), code: 'SCHEMA', why: 'its envelope is no CloudEvent 1.0' },
  { event: charged(1).but({ subject: null }), code: 'SCHEMA', why: 'it names no subscriber' },
  { event: charged(1).but({ type: 'alo.usage.imagined.v1' }), code: 'UNKNOWN', why: 'nobody defined its type' },
  { event: charged(0), code: 'SCHEMA', why: 'its data is wrong: a charge of nothing' },
  { event: listed('official').but({ data: { list: 'official' } }), code: 'SCHEMA', why: 'its data lacks something' },
  { event: charged(1, { currency: 'USD' }), code: 'CURRENCY', why: "its currency is not the policy's" },
  {
    event: charged(1).occurred('2026-08-10T09:15:00.001+07:00'),
    code: 'CLOCK',
    why: 'it is more than 15 minutes past now',
  },
  { event: adjusted(1, '2026-08-10T09:00:00.001+07:00'), code: 'CLOCK', why: 'it applies to what is after itself' },
  { event: charged(1).occurred('2026-07-06T08:59+07:00'), code: 'LATE', why: 'usage is late after 35 days' },
  { event: paid(1).occurred('2024-07-31T23:59+07:00'), code: 'LATE', why: 'all else is late after 24 civil months' },
  { event: delisted('nobility'), code: 'REFERENCE', why: 'the policy has no such list' },
  { event: opened({ tier: 'diamond' }).by('s-1'), code: 'REFERENCE', why: 'the policy has no such tier' },
  { event: opened(), code: 'STATE', why: "it must be a subscriber's first event, and is not" },
])('$code: $why', ({ event, code }) => {
  scenario().given(charged(1)).when(event).then(refused(code));
});

test('STATE: nothing is taken of who was erased', () => {
  scenario().given(charged(1), erased()).when(charged(1)).then(refused('STATE'));
});

/* CONFLICT, between LATE and REFERENCE, is chapter 5. */

/* A request to suspend is never refused but as a CONFLICT: a biller waits for an answer. */
test('a request to suspend is answered at whatever time, and after erasure', () => {
  scenario().given(charged(1), erased()).when(requested().occurred('2020-01-01T00:00+07:00')).then(allowed('closed'));
});

/* A refused event moves now, if it has an envelope: it is in the journal, and so time has passed. */
test('time passes with a refused event, too', () => {
  scenario()
    .given(charged(1))
    .when(at('2026-09-20T09:00+07:00', charged(0), charged(1).occurred('2026-08-10T09:00+07:00')))
    .then(refused('SCHEMA'), refused('LATE'));
});

/*
 * In a run over a file (chapter 11), a refusal is a dead letter: a row of the table `dead_letters` in the database, and a
 * line of the file that `--dead-letters` names. It holds the refused line whole. So a dead letter holds whatever that line
 * held, and is for those who may see the input.
 */
const folder = mkdtempSync(join(tmpdir(), 'alo-guide-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string | Buffer) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

test('a dead letter tells the line, its number, the code and the reason', async () => {
  const policy = {
    ...{ id: 'first', version: 1, zone: 'Asia/Ho_Chi_Minh', currency: 'VND' },
    tiers: { window: 'month-to-date', ladder: [{ name: 'base' }] },
  };
  const deadLetters = join(folder, 'dead-letters.ndjson');
  await run({
    policy: file('policy.json', JSON.stringify(policy)),
    events: file('events.ndjson', Buffer.from([...Buffer.from('no event\n\n'), 0xff, 0xfe])),
    deadLetters,
    maxGapMs: 0,
  });
  const letters = readFileSync(deadLetters, 'utf8').trim().split('\n');
  expect(letters.map((letter) => JSON.parse(letter))).toEqual([
    { line: 1, code: 'SCHEMA', message: 'the line is not JSON: "no event"', text: 'no event' },
    { line: 3, code: 'SCHEMA', message: 'the line is not UTF-8', base64: '//4=' },
  ]);
});

/* Line 2 was empty: it is counted, and skipped. Bytes that are no UTF-8 come as base64. */
