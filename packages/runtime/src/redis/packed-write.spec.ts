import { expect, test } from '@jest/globals';
import { makePackedWrite } from './packed-write.ts';
import { keysOf } from './partition-keys.ts';

const namesOf = (items: number) => {
  const write = makePackedWrite(keysOf({ prefix: 'alo', partition: 1 }));
  const changes = Array.from({ length: items }, (_, n) => ({
    subscriber: `s-${n}`,
    value: new Uint8Array(1),
    dueAt: n % 2 ? n : undefined,
  }));
  write.fill(changes, 1);
  return write.commands('R').map(({ name }) => name);
};

test('a write goes in an order of which every beginning is harmless: R behind the values, the exact index last', () => {
  expect(namesOf(2)).toEqual(['ZADD', 'MSET', 'SET', 'ZADD', 'ZREM']);
  expect(namesOf(1200)).toEqual(['ZADD', 'ZADD', 'MSET', 'MSET', 'MSET', 'SET', 'ZADD', 'ZADD', 'ZREM', 'ZREM']);
});

test('a write of nobody is R alone', () => {
  expect(namesOf(0)).toEqual(['SET']);
});
