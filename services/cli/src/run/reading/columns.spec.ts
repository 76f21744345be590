import type { Incoming } from '@alo/contracts';
import { fingerprintOf } from '@alo/domain';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { startReader } from './block-reader.ts';
import { buffersOf, fromColumns, toColumns } from './columns.ts';
import { type ReadBlock, readBlock } from './read-block.ts';

const charge = (change: object = {}) => ({
  specversion: '1.0',
  id: 'c-1',
  source: '/billing',
  type: 'alo.usage.charged.v1',
  subject: 's-17',
  time: '2026-07-20T02:15:00Z',
  data: { amount: 1000, currency: 'VND', service: 'data', line: 'l-1' },
  ...change,
});

const blockOf = (lines: readonly Buffer[]) => {
  const bytes = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
  let end = -1;
  return { bytes, ends: lines.map((line) => (end += line.length + 1)) };
};

/** All that anyone may ask of what a line said. */
const told = (incoming: Incoming) => {
  if (incoming.kind !== 'event') return incoming;
  const { name, type, subject, source, id, occurredAt, rawData, traceparent } = incoming.event;
  const data =
    incoming.event.name === 'usage.charged'
      ? { ...incoming.event.data, ...chargeOf(incoming.event) }
      : incoming.event.data;
  const fingerprint = fingerprintOf(incoming.event, 20_000);
  return { time: incoming.time, name, type, subject, source, id, occurredAt, rawData, traceparent, data, fingerprint };
};

const chargeOf = ({
  data: { amount, currency, service, line },
}: Extract<Incoming, { kind: 'event' }>['event'] & { name: 'usage.charged' }) => ({
  amount,
  currency,
  service,
  line,
});

const acrossThreads = (lines: readonly Buffer[]) => {
  const { bytes, ends } = blockOf(lines);
  const columns = toColumns(new Uint8Array(bytes), Uint32Array.from(ends));
  return allTold(fromColumns(structuredClone(columns, { transfer: buffersOf(columns) })));
};
const here = (lines: readonly Buffer[]) => allTold(readBlock(blockOf(lines)));

/** What a block answers of each of its lines; whose a line is it may leave to the line. */
const allTold = ({ ends, incoming, time, subscriber }: ReadBlock) =>
  Array.from(ends, (_, n) => {
    const line = incoming(n);
    const whose = line.kind === 'event' ? line.event.subject : undefined;
    return { ...told(line), stampedBy: time(n), whose: subscriber?.(n) ?? whose };
  });

describe('a line read in the other thread says all that it says when it is read here', () => {
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));
  test.each([
    { line: json(charge()), why: 'a charge' },
    { line: json(charge({ subject: 'thuê bao ①😀', id: 'à', source: '/nguồn' })), why: 'not ASCII' },
    { line: json(charge({ recordedtime: '2026-07-21T02:15:00.5Z' })), why: 'recorded later' },
    { line: json(charge({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` })), why: 'part of a trace' },
    { line: json(charge({ data: { ...charge().data, currency: 'USD', extra: [1, { b: 2 }] } })), why: 'more data' },
    { line: json(charge({ data: { amount: 5.5 } })), why: 'refused' },
    { line: json(charge({ type: 'alo.unheard-of.v1' })), why: 'unknown' },
    { line: json(charge({ type: 'alo.subscriber.closed.v1', data: undefined })), why: 'another event' },
    { line: Buffer.from('{"specversion"'), why: 'cut off' },
    { line: Buffer.from([0x7b, 0xff, 0x7d]), why: 'not UTF-8' },
    { line: Buffer.from(''), why: 'empty' },
    { line: Buffer.from(`${JSON.stringify(charge())}\r`), why: 'with a carriage return' },
  ])('$why', ({ line }) => {
    const lines = [json(charge({ id: 'before' })), line, json(charge({ id: 'after' }))];
    expect(acrossThreads(lines)).toEqual(here(lines));
  });

  test('whatever else is in its block', () => {
    const one = fc.oneof(
      fc
        .record({ id: fc.string(), subject: fc.string({ unit: 'grapheme' }), amount: fc.integer() })
        .map(({ amount, ...rest }) => json(charge({ ...rest, data: { amount, currency: 'VND', service: 'sms' } }))),
      fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 10))),
    );
    fc.assert(
      fc.property(fc.array(one, { maxLength: 20 }), (lines) => expect(acrossThreads(lines)).toEqual(here(lines))),
    );
  });

  test('however many currencies there are', () => {
    const lines = Array.from({ length: 600 }, (_, n) =>
      json(
        charge({
          data: { amount: 1, currency: `${String.fromCharCode(65 + (n % 26), 65 + ((n / 26) | 0))}A`, service: 'sms' },
        }),
      ),
    );
    expect(acrossThreads(lines)).toEqual(here(lines));
  });
});

test('blocks are read in their turn, and none after the thread is gone', async () => {
  const reader = startReader();
  const block = (id: string) => blockOf([Buffer.from(JSON.stringify(charge({ id })))]);
  const read = await Promise.all(['a', 'b', 'c'].map((id) => reader.read(block(id))));
  expect(read.map(({ incoming }) => (told(incoming(0)) as { id: string }).id)).toEqual(['a', 'b', 'c']);
  await reader.close();
  await expect(reader.read(block('d'))).rejects.toThrow('the reading thread has ended');
});

test('a line that takes much memory to be read is read all the same', async () => {
  const reader = startReader();
  const extra = `[${'[0],'.repeat(5_000_000)}[0]]`;
  const line = JSON.stringify(charge({ data: { ...charge().data, extra: '?' } })).replace('"?"', extra);
  const { incoming } = await reader.read(blockOf([Buffer.from(line)]));
  expect(incoming(0)).toMatchObject({ kind: 'event', event: { subject: 's-17', data: { amount: 1000 } } });
  await reader.close();
}, 60_000);
