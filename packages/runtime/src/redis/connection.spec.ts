import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

/** Closes a connection to nowhere, so often, and tells how long its process lives on. */
const lingering = (closes: number) => `
  import { connectRedis } from ${JSON.stringify(join(import.meta.dirname, 'connection.ts'))};
  const connection = connectRedis({ REDIS_URL: 'redis://127.0.0.1:1' }, { name: 'test' });
  connection.whenReady().catch(() => undefined);
  await new Promise((resolve) => connection.redis.once('reconnecting', resolve));
  for (let n = 0; n < ${closes}; n += 1) await connection.close();
  const closedAtMs = performance.now();
  process.on('exit', () => process.stdout.write(String(performance.now() - closedAtMs)));
`;

/** The client's own patience is 500 ms. */
const lingeringMsMax = 250;

test.each([
  { closes: 1, why: 'between two attempts' },
  { closes: 2, why: 'closed before' },
])('a connection that is closed $closes times keeps no process alive: $why', async ({ closes }) => {
  const args = ['--input-type=module', '--eval', lingering(closes)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, NODE_OPTIONS: '' } });
  expect(stdout).toMatch(/^\d/);
  expect(Number(stdout)).toBeLessThan(lingeringMsMax);
});
