import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { makeCallOrder } from './call-order.ts';

const failureOf = (error: unknown) => new Error(`failed: ${(error as Error).message}`);

test('a call is sent once the one before is sent, and does not wait for its answer', async () => {
  const inOrder = makeCallOrder(failureOf);
  const sent: string[] = [];
  let go: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  const call = (
    name: string,
    before: Promise<void> = Promise.resolve(),
    answer: Promise<string> = Promise.resolve(name),
  ) =>
    inOrder(async () => {
      await before;
      sent.push(name);
      return { answer };
    });
  const first = call(
    'first',
    undefined,
    held.then(() => 'first'),
  );
  const second = call('second');
  expect(await second).toBe('second');
  const third = call('third', held);
  const fourth = call('fourth');
  await turn();
  expect(sent).toEqual(['first', 'second']);
  go();
  expect(await Promise.all([first, third, fourth])).toEqual(['first', 'third', 'fourth']);
  expect(sent).toEqual(['first', 'second', 'third', 'fourth']);
});

test.each([
  { where: 'before it is sent', failing: () => Promise.reject(new Error('x')) },
  { where: 'after it is sent', failing: async () => ({ answer: Promise.reject(new Error('x')) }) },
])('a call that fails $where is the answer of all that come later, and none of them is sent', async ({ failing }) => {
  const inOrder = makeCallOrder(failureOf);
  const sent: string[] = [];
  const good = () =>
    inOrder(async () => {
      sent.push('good');
      return { answer: Promise.resolve() };
    });
  await good();
  await expect(inOrder(failing)).rejects.toThrow('failed: x');
  await expect(good()).rejects.toThrow('failed: x');
  await expect(good()).rejects.toThrow('failed: x');
  expect(sent).toEqual(['good']);
});
