import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { scratchFolder } from '../cli/alo-process.ts';
import { withLock } from './lock.ts';

const folder = scratchFolder();

test('one at a time has the lock', async () => {
  const file = join(folder, 'one');
  let inside = 0;
  const work = async () => {
    inside += 1;
    await sleep(20);
    return inside--;
  };
  const counts = await Promise.all([1, 2, 3].map(() => withLock(file, { waitMsMax: 5_000 }, work)));
  expect(counts).toEqual([1, 1, 1]);
});

test('the lock is free again after work that throws', async () => {
  const file = join(folder, 'throws');
  const failing = withLock(file, { waitMsMax: 0 }, () => Promise.reject(new Error('of the work')));
  await expect(failing).rejects.toThrow('of the work');
  expect(await withLock(file, { waitMsMax: 0 }, async () => 'free')).toBe('free');
});

test('a lock is waited for as long as was said, and is free once its holder is killed', async () => {
  const file = join(folder, 'killed');
  const code = `
    const { withLock } = await import(${JSON.stringify(join(import.meta.dirname, 'lock.ts'))});
    await withLock(${JSON.stringify(file)}, { waitMsMax: 0 }, async () => {
      console.log('held');
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    });
  `;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', code], {
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  await once(holder.stdout, 'data');
  await expect(withLock(file, { waitMsMax: 200 }, async () => 'free')).rejects.toThrow(/locked/);
  holder.kill('SIGKILL');
  expect(await withLock(file, { waitMsMax: 5_000 }, async () => 'free')).toBe('free');
});
