import { setTimeout as sleep } from 'node:timers/promises';
import type { Interruption } from './interruption.ts';
import type { Block } from './lines.ts';

const idleMs = 250;

/**
 * Blocks as they come, until a stop is asked for. While none comes, `onIdle` is called a few times a second: so
 * what falls due does so by itself.
 */
export async function* paced(
  blocks: AsyncIterable<Block>,
  interruption: Interruption,
  onIdle?: () => Promise<void>,
): AsyncGenerator<Block> {
  const iterator = blocks[Symbol.asyncIterator]();
  let next = iterator.next();
  try {
    while (!interruption.reason()) {
      const stopped = interruption.asked.then(() => 'stopped' as const);
      const idle = onIdle && sleep(idleMs, 'idle' as const, { ref: false });
      const first = await Promise.race([next, stopped, ...(idle ? [idle] : [])]);
      if (first === 'stopped') return;
      if (first === 'idle') {
        await onIdle?.();
        continue;
      }
      if (first.done) return;
      yield first.value;
      next = iterator.next();
    }
  } finally {
    next.catch(() => undefined);
    if (interruption.reason()) process.stdin.destroy();
  }
}
