import { expect, test } from '@jest/globals';
import { PartitionStopped } from '../errors.ts';
import { lastReceiptIn } from './last-receipt.ts';
import type { FetchedRecord } from './record-batches.ts';

const receipt = { offset: 7, step: 0, digest: 'd', count: 3, version: '1' };
const batch = { producerId: -1n, inTransaction: false, isControl: false, isLogAppendTime: false };

const lastOf = (value: unknown) => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const record = { offset: 5, timestamp: 0, value: Buffer.from(text), batch, key: null, headers: {} } as FetchedRecord;
  const fetch = async ({ offset }: { readonly offset: number }) => ({
    ...{ topic: 't', partition: 0, end: 6 },
    records: offset <= 5 ? [record] : [],
  });
  return lastReceiptIn({ fetch }, { first: 5, end: 6 }, 'partition 0 of t');
};

test.each([
  { given: receipt, why: 'as it is written' },
  { given: { ...receipt, step: 2, settled: { dueAt: 9, subscriber: 's-1' } }, why: 'in the midst of due items' },
  { given: { ...receipt, said: 'more' }, why: 'of a later engine, which says more' },
])('a receipt is read, $why', async ({ given }) => {
  expect(await lastOf(given)).toEqual(given);
});

test.each([
  { given: 'null', why: 'nothing' },
  { given: '{', why: 'no JSON' },
  { given: { offset: 7, count: 3 }, why: 'a place without a digest' },
  { given: { ...receipt, offset: -1 }, why: 'below all offsets' },
  { given: { ...receipt, step: null }, why: 'at no step' },
  { given: { ...receipt, settled: 's-1' }, why: 'in the midst of nothing that is due' },
])('what is no receipt stops the partition: $why', async ({ given }) => {
  await expect(lastOf(given)).rejects.toThrow(
    new PartitionStopped('partition 0 of t holds at offset 5 what is no receipt: someone else writes there'),
  );
});
