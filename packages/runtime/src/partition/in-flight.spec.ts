import { expect, test } from '@jest/globals';
import { makeInFlight } from './in-flight.ts';

test('no more writes are under way than may be, and the next waits for the first of them', async () => {
  const { launch, landed } = makeInFlight(2);
  const writes = Array.from({ length: 3 }, () => Promise.withResolvers<void>());
  let begun = 0;
  const begin = async () => {
    for (const { promise } of writes) {
      await launch(() => {
        begun += 1;
        return promise;
      });
    }
  };
  const beginning = begin();
  await new Promise(setImmediate);
  expect(begun).toBe(2);
  writes[0]?.resolve();
  await beginning;
  expect(begun).toBe(3);
  for (const { resolve } of writes) resolve();
  await landed();
});

test('a write that failed is met by who waits for its place, or for all', async () => {
  const failing = async () => {
    throw new Error('the disk is full');
  };
  const { launch, landed } = makeInFlight(1);
  await launch(failing);
  await expect(launch(async () => undefined)).rejects.toThrow('the disk is full');
  await launch(failing);
  await expect(landed()).rejects.toThrow('the disk is full');
});
