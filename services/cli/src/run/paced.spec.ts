import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { Interruption } from './interruption.ts';
import type { Block } from './lines.ts';
import { paced } from './paced.ts';

const block = (name: string): Block => ({ bytes: Buffer.from(`${name}\n`), ends: [name.length] });
const nameOf = ({ bytes }: Block) => bytes.toString().trim();

/** A stop that can be asked for. */
const makeInterruption = () => {
  let reason: ReturnType<Interruption['reason']>;
  let settle = () => {};
  const asked = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const ask = () => {
    reason = 'signal';
    settle();
  };
  return { reason: () => reason, asked, ask };
};

/** Blocks that come one after the other, so many ms apart; undefined never comes. */
const source = (names: readonly (string | undefined)[], apartMs = 0) =>
  (async function* () {
    for (const name of names) {
      await (name === undefined ? new Promise(() => undefined) : sleep(apartMs));
      yield block(name as string);
    }
  })();

const taken = async (blocks: AsyncIterable<Block>) => {
  const names: string[] = [];
  for await (const one of blocks) names.push(nameOf(one));
  return names;
};

describe('blocks at their own pace', () => {
  test('come all, in their order', async () => {
    expect(await taken(paced(source(['a', 'b', 'c']), makeInterruption()))).toEqual(['a', 'b', 'c']);
  });

  test('end when a stop is asked for, while none comes', async () => {
    const interruption = makeInterruption();
    setTimeout(interruption.ask, 20);
    expect(await taken(paced(source(['a', undefined]), interruption))).toEqual(['a']);
  });

  test('end when a stop was asked for while one was taken', async () => {
    const interruption = makeInterruption();
    const names: string[] = [];
    for await (const one of paced(source(['a', 'b']), interruption)) {
      names.push(nameOf(one));
      interruption.ask();
    }
    expect(names).toEqual(['a']);
  });

  test('hand on what their source says is wrong', async () => {
    const failing = (async function* () {
      yield block('a');
      throw new Error('the disk failed');
    })();
    await expect(taken(paced(failing, makeInterruption()))).rejects.toThrow('the disk failed');
  });

  test.each([
    { apartMs: 600, why: 'while none comes' },
    { apartMs: 20, why: 'though they come all the time' },
  ])('make a pause a few times a second, $why', async ({ apartMs }) => {
    let pauses = 0;
    const names = Array.from({ length: apartMs > 100 ? 1 : 30 }, (_, n) => `${n}`);
    const onPause = async () => {
      pauses += 1;
    };
    expect(await taken(paced(source(names, apartMs), makeInterruption(), onPause))).toEqual(names);
    expect(pauses).toBeGreaterThanOrEqual(1);
    expect(pauses).toBeLessThanOrEqual(4);
  });

  test('end with what goes wrong in a pause', async () => {
    const onPause = () => Promise.reject(new Error('the store failed'));
    await expect(taken(paced(source([undefined]), makeInterruption(), onPause))).rejects.toThrow('the store failed');
  });
});
