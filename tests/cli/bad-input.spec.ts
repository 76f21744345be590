import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEmbeddedStore } from '@alo/runtime';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { asDeadLetter } from '../../services/cli/src/run/sink.ts';
import { alo, type Ended, scratchFolder } from './alo-process.ts';
import { charged, type Event, readLines, writePolicy } from './event-lines.ts';

const now = '2026-07-10T00:00:00Z';
const good = charged('s-1', 10, now, 'good');
let ids = 0;
/** A good event under an id of its own, but for what is given. */
const but = (given: Partial<Record<keyof Event, unknown>>) => {
  ids += 1;
  return JSON.stringify({ ...good, id: `id-${ids}`, ...given });
};
const data = { amount: 10, currency: 'VND', service: 'voice' };
/** The same with one piece of its text replaced: for what JSON.stringify does not write. */
const withText = (from: string, to: string, given: Partial<Record<keyof Event, unknown>> = {}) => {
  const line = but(given);
  if (!line.includes(from)) throw new Error(`${line} does not hold ${from}`);
  return line.replace(from, to);
};
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const megabytes = (count: number) => 'x'.repeat(count * 1024 * 1024);

type Fate =
  | 'taken'
  | 'duplicate'
  | 'empty'
  | 'SCHEMA'
  | 'UNKNOWN'
  | 'CURRENCY'
  | 'CLOCK'
  | 'LATE'
  | 'CONFLICT'
  | 'REFERENCE'
  | 'STATE';
type Case = { readonly line: string | Buffer; readonly fate: Fate; readonly why: string };

const bytes = (...parts: (string | number[])[]) => Buffer.concat(parts.map((part) => Buffer.from(part as string)));

const cases: Case[] = [
  { line: `\ufeff${JSON.stringify(good)}`, fate: 'taken', why: 'a byte order mark at the head' },
  { line: `${but({})}\r`, fate: 'taken', why: 'a carriage return at the end' },
  { line: '', fate: 'empty', why: 'nothing' },
  { line: ' \t ', fate: 'empty', why: 'white space' },
  { line: '\r', fate: 'empty', why: 'nothing but a carriage return' },
  { line: 'not JSON', fate: 'SCHEMA', why: 'words' },
  { line: '{"specversion":"1.0"', fate: 'SCHEMA', why: 'cut off' },
  { line: `${but({})}${but({})}`, fate: 'SCHEMA', why: 'two objects on one line' },
  { line: `\ufeff${but({})}`, fate: 'SCHEMA', why: 'a byte order mark where no file begins' },
  ...['null', 'true', '42', '"text"', '[]', `[${but({})}]`].map(
    (line): Case => ({ line, fate: 'SCHEMA', why: 'JSON that is no object' }),
  ),
  { line: '{}', fate: 'SCHEMA', why: 'an object without anything' },
  { line: megabytes(10), fate: 'SCHEMA', why: '10 MB of nothing' },
  { line: but({ data: { ...data, more: megabytes(10) } }), fate: 'taken', why: '10 MB in a field that nobody knows' },
  { line: withText('"s-1"', '"s\u0000"'), fate: 'SCHEMA', why: 'a NUL' },
  { line: but({ subject: 's\u0000' }), fate: 'SCHEMA', why: 'an escaped NUL in the subject' },
  { line: withText('"s-1"', '"s\\ud800"'), fate: 'SCHEMA', why: 'half of a surrogate pair, escaped' },
  { line: bytes('{"id":"', [0xed, 0xa0, 0x80], '"}'), fate: 'SCHEMA', why: 'half of a surrogate pair in bytes' },
  { line: bytes([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]), fate: 'SCHEMA', why: 'UTF-16' },
  { line: bytes(but({}), [0xe9]), fate: 'SCHEMA', why: 'Latin-1' },
  { line: but({ subject: 's-é😀' }), fate: 'taken', why: 'letters of every kind' },
  { line: withText(':10,', ':1e400,'), fate: 'SCHEMA', why: '1e400, which is infinite' },
  { line: withText(':10,', ':0.5,'), fate: 'SCHEMA', why: 'half a unit' },
  { line: withText(':10,', ':-0,'), fate: 'SCHEMA', why: 'minus nothing' },
  { line: withText(':10,', ':0,'), fate: 'SCHEMA', why: 'nothing' },
  { line: withText(':10,', ':9007199254740992,'), fate: 'SCHEMA', why: '2^53' },
  { line: withText(':10,', ':1000000000001,'), fate: 'SCHEMA', why: 'one more than 10^12' },
  { line: withText(':10,', ':"10",'), fate: 'SCHEMA', why: 'a text for a number' },
  { line: withText(':10,', ':5.0,'), fate: 'taken', why: '5.0 is whole' },
  { line: withText('"amount":10,', '"__proto__":{"amount":10},'), fate: 'SCHEMA', why: 'an amount in the prototype' },
  {
    line: withText('"amount":10,', '"amount":10,"__proto__":{"amount":-1},'),
    fate: 'taken',
    why: 'a prototype that nobody asks',
  },
  {
    line: withText('"data":', '"__proto__":{"subject":"s-2"},"data":'),
    fate: 'taken',
    why: 'a prototype of the event',
  },
  {
    line: but({ data: { ...data, more: JSON.parse(nested(32)) } }),
    fate: 'taken',
    why: '32 levels in a field that nobody knows',
  },
  { line: withText('"voice"', `"voice","more":${nested(200)}`), fate: 'SCHEMA', why: '200 levels' },
  { line: nested(100_000), fate: 'SCHEMA', why: '100,000 levels' },
  { line: but({ time: '2026-07-10T00:00:00' }), fate: 'SCHEMA', why: 'no zone' },
  { line: but({ time: '2026-02-30T00:00:00Z' }), fate: 'SCHEMA', why: '30 February' },
  { line: but({ time: '2016-12-31T23:59:60Z' }), fate: 'SCHEMA', why: 'a leap second' },
  { line: but({ time: 'yesterday' }), fate: 'SCHEMA', why: 'no instant' },
  { line: but({ time: null }), fate: 'SCHEMA', why: 'no time' },
  { line: but({ time: '2099-01-01T00:00:00Z' }), fate: 'CLOCK', why: 'the year 2099' },
  { line: but({ time: '2026-07-10T00:15:01Z' }), fate: 'taken', why: 'now still moves on, so this is not ahead' },
  { line: but({ time: '2026-06-01T00:00:00Z' }), fate: 'LATE', why: 'more than 35 days back' },
  { line: but({ type: 'alo.usage.imagined.v1' }), fate: 'UNKNOWN', why: 'a type that nobody defined' },
  { line: but({ type: 'alo.usage.charged.v9' }), fate: 'UNKNOWN', why: 'a version that nobody defined' },
  { line: but({ type: 'toString' }), fate: 'UNKNOWN', why: 'a type that every object knows' },
  { line: but({ data: { ...data, currency: 'USD' } }), fate: 'CURRENCY', why: 'not the currency of the policy' },
  { line: but({ data: { ...data, currency: 'đồng' } }), fate: 'SCHEMA', why: 'no currency at all' },
  { line: but({ subject: null }), fate: 'SCHEMA', why: 'nobody' },
  { line: but({ subject: '' }), fate: 'SCHEMA', why: 'an empty subject' },
  { line: but({ specversion: '0.3' }), fate: 'SCHEMA', why: 'another version of CloudEvents' },
  { line: JSON.stringify(good), fate: 'duplicate', why: 'the same event again' },
  {
    line: JSON.stringify({ ...good, data: { ...data, amount: 11 } }),
    fate: 'CONFLICT',
    why: 'its id with another amount',
  },
  {
    line: but({ type: 'alo.subscriber.delisted.v1', data: { list: 'no\u0000ne\n"' } }),
    fate: 'REFERENCE',
    why: 'a list with a NUL that the policy does not know',
  },
  { line: but({ type: 'alo.subscriber.opened.v1', data: {} }), fate: 'STATE', why: 'opened, but known' },
  {
    line: withText('"months":{}', '"months":{"__proto__":5}', {
      type: 'alo.subscriber.opened.v1',
      data: { months: {} },
    }),
    fate: 'SCHEMA',
    why: 'a prototype for a month',
  },
  { line: but({}), fate: 'taken', why: 'the last line, which does not end' },
];

const folder = scratchFolder();
const deadFile = join(folder, 'dead.ndjson');
type DeadLetter = { line: number; code: string; message: string; text?: string; base64?: string };

let ended: Ended;
let dead: DeadLetter[] = [];

beforeAll(async () => {
  const events = join(folder, 'events.ndjson');
  writeFileSync(
    events,
    Buffer.concat(cases.flatMap(({ line }, n) => [Buffer.from(n === 0 ? '' : '\n'), Buffer.from(line as string)])),
  );
  const args = ['--policy', writePolicy(folder), '--events', events, '--data', join(folder, 'data')];
  ended = await alo(['run', ...args, '--dead-letters', deadFile, '--json']);
  dead = readLines<DeadLetter>(deadFile);
});

describe('of a file with every kind of line', () => {
  const shown = (line: string | Buffer) => JSON.stringify(line.toString('latin1').slice(0, 60));

  test.each(cases.map((one, n) => ({ ...one, number: n + 1, shown: shown(one.line) })))(
    'line $number, $why, is $fate: $shown',
    ({ line, fate, number }) => {
      const found = dead.find((letter) => letter.line === number);
      expect(found?.code).toBe(['taken', 'duplicate', 'empty'].includes(fate) ? undefined : fate);
      if (!found) return;
      const whole = found.text === undefined ? Buffer.from(found.base64 as string, 'base64') : Buffer.from(found.text);
      expect(whole.equals(Buffer.from(line as string))).toBe(true);
      expect(Object.keys(found)).toEqual(['line', 'code', 'message', found.text === undefined ? 'base64' : 'text']);
      expect(found.message.length).toBeGreaterThan(10);
      expect(found.message.length).toBeLessThan(300);
    },
  );

  test('each is refused once, in the order of the lines', () => {
    const refused = cases.flatMap(({ fate }, n) => (['taken', 'duplicate', 'empty'].includes(fate) ? [] : [n + 1]));
    expect(dead.map(({ line }) => line)).toEqual(refused);
  });

  test('bytes that are no UTF-8 come as base64, all others as text', () => {
    const noUtf8 = (line: string | Buffer) => typeof line !== 'string';
    const numbers = cases.flatMap(({ line }, n) => (noUtf8(line) ? [n + 1] : []));
    expect(dead.filter(({ base64 }) => base64 !== undefined).map(({ line }) => line)).toEqual(numbers);
  });

  test('the summary counts them all, as one line of JSON, and the exit code is 0', () => {
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const count = (...fates: Fate[]) => cases.filter(({ fate }) => fates.includes(fate)).length;
    const codes = ['SCHEMA', 'UNKNOWN', 'CURRENCY', 'CLOCK', 'LATE', 'CONFLICT', 'REFERENCE', 'STATE'] as const;
    expect(ended.stdout.split('\n').length).toBe(2);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      linesRead: cases.length,
      eventsTaken: count('taken'),
      duplicates: count('duplicate'),
      refusals: Object.fromEntries(codes.map((code) => [code, count(code)])),
    });
  });

  test('a dead letter is written the same when it comes from the database', async () => {
    const store = await openEmbeddedStore(join(folder, 'data', 'alo.db'));
    const outputs = await store.outputs(0, 1000);
    await store.close();
    expect(outputs.map((output) => asDeadLetter(output) ?? '').join('')).toBe(readFileSync(deadFile, 'utf8'));
  });
});

test('with --strict a refusal makes the exit code 2, and a file without any does not', async () => {
  const file = join(folder, 'one.ndjson');
  writeFileSync(file, 'no event\n');
  const strict = ['run', '--policy', writePolicy(folder), '--events', '-', '--strict'];
  const [refused, taken] = await Promise.all([alo(strict, 'no event\n'), alo(strict, `${JSON.stringify(good)}\n`)]);
  expect(refused.code).toBe(2);
  expect(taken.code).toBe(0);
});
