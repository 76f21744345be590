import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { makeCallOrder } from './call-order.ts';

test('a call is sent once the one before is sent, and does not wait for its answer', async () => {
  const inOrder = makeCallOrder();
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
  { where: 'before it is sent', failing: () => Promise.reject(new Error('first')) },
  { where: 'after it is sent', failing: async () => ({ answer: Promise.reject(new Error('first')) }) },
])('a call that fails $where is the answer of all that come later, and none of them is sent', async ({ failing }) => {
  const inOrder = makeCallOrder();
  const sent: string[] = [];
  const good = () =>
    inOrder(async () => {
      sent.push('good');
      return { answer: Promise.resolve() };
    });
  await good();
  await expect(inOrder(failing)).rejects.toThrow('first');
  await expect(good()).rejects.toThrow('first');
  await expect(good()).rejects.toThrow('first');
  expect(sent).toEqual(['good']);
});
