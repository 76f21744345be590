import { describe, expect, test } from '@jest/globals';
import { makeSubscriberCache } from './subscriber-cache.ts';

const packed = (bytes: number) => ({ value: new Uint8Array(bytes), dueAt: undefined });
const decode = (bytes: Uint8Array) => bytes.length;

const admitted = (bytesMax: number, names: readonly string[], bytes = 100) => {
  const cache = makeSubscriberCache<number>(bytesMax);
  const admit = (more: readonly string[]) => {
    cache.makeRoom();
    for (const name of more) cache.admit(name, packed(bytes), decode);
  };
  admit(names);
  return { cache, admit };
};

const named = (count: number, from = 0) => Array.from({ length: count }, (_, n) => `s-${from + n}`);
const countAtHand = (cache: ReturnType<typeof admitted>['cache'], names: readonly string[]) =>
  names.filter((name) => cache.get(name) !== undefined).length;

describe('the subscribers at hand', () => {
  test('are all that were admitted, while there is room', () => {
    const { cache } = admitted(1_000_000, named(500));
    expect(countAtHand(cache, named(501))).toBe(500);
  });

  test('leave when there is no more room, those first who were not asked for', () => {
    const { cache, admit } = admitted(100_000, named(100));
    for (let from = 100; from < 2000; from += 100) {
      cache.get('s-7');
      admit(named(100, from));
    }
    expect(countAtHand(cache, named(1000))).toBe(1);
    expect(cache.get('s-7')?.state).toBe(100);
    expect(countAtHand(cache, named(100, 1900))).toBe(100);
  });

  test('stay until room is made again, however small the bound is', () => {
    const { cache, admit } = admitted(1, named(100));
    expect(countAtHand(cache, named(100))).toBe(100);
    admit(['another']);
    admit(['another']);
    expect(countAtHand(cache, named(100))).toBe(0);
  });

  test('stay while they are changed, and may leave once that is handed over', () => {
    const { cache, admit } = admitted(1, ['s-1']);
    expect(cache.change('s-1', 8, 50)).toBeUndefined();
    expect(cache.change('s-1', 9, 60)).toBe(50);
    for (let round = 0; round < 5; round += 1) admit(['s-2']);
    expect(cache.get('s-1')).toMatchObject({ state: 9, dueAt: 60 });
    expect(cache.changedCount()).toBe(1);
    expect([...cache.drain().keys()]).toEqual(['s-1']);
    expect(cache.changedCount()).toBe(0);
    for (let round = 0; round < 5; round += 1) admit(['s-2']);
    expect(cache.get('s-1')).toBeUndefined();
  });

  test('weigh what they have grown to', () => {
    const { cache, admit } = admitted(1_000_000, named(100), 0);
    for (const name of named(100)) cache.change(name, 1, undefined);
    for (const entry of cache.drain().values()) cache.weigh(entry, 10_000);
    admit([]);
    admit(named(100, 100));
    for (const name of named(100, 100)) cache.change(name, 1, undefined);
    for (const entry of cache.drain().values()) cache.weigh(entry, 10_000);
    admit([]);
    expect(countAtHand(cache, named(100))).toBe(0);
    expect(countAtHand(cache, named(100, 100))).toBe(100);
  });

  test('are none after all is cleared', () => {
    const { cache } = admitted(1_000_000, named(10));
    cache.change('s-1', 9, 60);
    cache.clear();
    expect(countAtHand(cache, named(10))).toBe(0);
    expect(cache.changedCount()).toBe(0);
  });
});
