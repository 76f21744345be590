import { describe, expect, test } from '@jest/globals';
import { makeAtHand, nowhere } from './at-hand.ts';
import { countingCore } from './counting-core.ts';

const { states: codec } = countingCore();
const counter = (count: number) => ({ count, told: 0, era: 1 });
const stored = (count: number) => ({ value: Uint8Array.from([count >> 8, count & 255, 0, 1]), dueAt: undefined });

const admitted = (bytesMax: number, names: readonly string[]) => {
  const atHand = makeAtHand(codec, bytesMax);
  const admit = (more: readonly string[]) => {
    atHand.makeRoom();
    for (const name of more) atHand.admit(name, stored(7));
  };
  admit(names);
  const state = (name: string) => {
    const row = atHand.rowOf(name);
    return row === nowhere ? undefined : atHand.stateIn(row);
  };
  return { atHand, admit, state };
};

const named = (count: number, from = 0) => Array.from({ length: count }, (_, n) => `s-${from + n}`);
const countAtHand = ({ atHand }: ReturnType<typeof admitted>, names: readonly string[]) =>
  names.filter((name) => atHand.rowOf(name) !== nowhere).length;

describe('the subscribers at hand', () => {
  test('are all that were admitted, while there is room', () => {
    expect(countAtHand(admitted(10_000_000, named(5000)), named(5001))).toBe(5000);
  });

  test('stay while they are held, though unchanged and asked for by nobody, until what has changed is handed over', () => {
    const kit = admitted(100_000, named(100));
    kit.atHand.hold(kit.atHand.rowOf('s-7'));
    for (let from = 100; from < 4000; from += 100) kit.admit(named(100, from));
    expect(countAtHand(kit, named(100))).toBe(1);
    kit.atHand.drain();
    for (let from = 4000; from < 8000; from += 100) kit.admit(named(100, from));
    expect(kit.state('s-7')).toBeUndefined();
  });

  test('leave when there is no more room, those first who were not asked for', () => {
    const kit = admitted(100_000, named(100));
    for (let from = 100; from < 4000; from += 100) {
      kit.atHand.rowOf('s-7');
      kit.admit(named(100, from));
    }
    expect(kit.state('s-7')).toEqual(counter(7));
    expect(countAtHand(kit, named(1000))).toBe(1);
    expect(countAtHand(kit, named(100, 3900))).toBe(100);
  });

  test('stay until room is made again, however small the bound is', () => {
    const kit = admitted(1, named(100));
    expect(countAtHand(kit, named(100))).toBe(100);
    kit.admit(['another']);
    kit.admit(['another']);
    expect(countAtHand(kit, named(100))).toBe(0);
  });

  test('stay while they are changed, and may leave once that is handed over', () => {
    const kit = admitted(1, ['s-1']);
    expect(kit.atHand.change('s-1', counter(8), 50)).toBeUndefined();
    expect(kit.atHand.change('s-1', counter(9), 60)).toBe(50);
    for (let round = 0; round < 5; round += 1) kit.admit(['s-2']);
    expect([kit.state('s-1'), kit.atHand.dueIn(kit.atHand.rowOf('s-1'))]).toEqual([counter(9), 60]);
    expect(kit.atHand.changedCount()).toBe(1);
    expect([...kit.atHand.drain()]).toEqual([{ subscriber: 's-1', value: stored(9).value, dueAt: 60 }]);
    expect(kit.atHand.changedCount()).toBe(0);
    for (let round = 0; round < 5; round += 1) kit.admit(['s-2']);
    expect(kit.state('s-1')).toBeUndefined();
  });

  test('are not taken from the store where something newer is at hand', () => {
    const kit = admitted(1_000_000, []);
    kit.atHand.change('s-1', counter(9), undefined);
    kit.admit(['s-1']);
    expect(kit.state('s-1')).toEqual(counter(9));
  });

  test('have no state where the store does not know them', () => {
    const kit = admitted(1_000_000, []);
    kit.atHand.admit('s-1', undefined);
    expect([kit.atHand.rowOf('s-1') === nowhere, kit.state('s-1')]).toEqual([false, undefined]);
  });

  test('are none of whom the store holds what cannot be read', () => {
    const atHand = makeAtHand(
      {
        ...codec,
        decode: () => {
          throw new Error('broken');
        },
      },
      1_000_000,
    );
    expect(() => atHand.admit('s-1', stored(7))).toThrow('broken');
    expect(atHand.rowOf('s-1')).toBe(nowhere);
  });

  test('take the rows of those who left, and nothing of theirs', () => {
    const kit = admitted(1, ['s-1']);
    kit.atHand.change('s-1', counter(8), 50);
    expect([...kit.atHand.drain()]).toHaveLength(1);
    kit.admit([]);
    kit.admit([]);
    kit.atHand.admit('s-2', undefined);
    const row = kit.atHand.rowOf('s-2');
    expect([kit.atHand.stateIn(row), kit.atHand.dueIn(row)]).toEqual([undefined, undefined]);
  });

  test('are none after all is cleared', () => {
    const kit = admitted(1_000_000, named(10));
    kit.atHand.change('s-1', counter(9), 60);
    kit.atHand.clear();
    expect(countAtHand(kit, named(10))).toBe(0);
    expect(kit.atHand.changedCount()).toBe(0);
    kit.atHand.change('s-1', counter(3), undefined);
    expect(kit.state('s-1')).toEqual(counter(3));
  });
});
