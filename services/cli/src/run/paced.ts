import type { Interruption } from './interruption.ts';
import type { Block } from './lines.ts';

const idleMs = 250;

/**
 * Blocks as they come, until a stop is asked for. A few times a second, whether one comes or not, `onPause` is called:
 * so what falls due does so by itself.
 */
export async function* paced(
  blocks: AsyncIterable<Block>,
  interruption: Pick<Interruption, 'reason' | 'asked'>,
  onPause?: () => Promise<void>,
): AsyncGenerator<Block> {
  const iterator = blocks[Symbol.asyncIterator]();
  let wake = () => {};
  let pausedAt = Date.now();
  const pause = async () => {
    if (!onPause || Date.now() - pausedAt < idleMs) return;
    await onPause();
    pausedAt = Date.now();
  };
  interruption.asked.then(() => wake());
  for (;;) {
    const coming = watched(iterator.next(), () => wake());
    while (!coming.isSettled() && !interruption.reason()) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (onPause) timer = setTimeout(resolve, idleMs);
      });
      clearTimeout(timer);
      await pause();
    }
    if (interruption.reason()) return;
    const next = await coming.promise;
    if (next.done) return;
    yield next.value;
    await pause();
  }
}

/** A promise that can be looked at: racing it again and again would hold on to every race. */
const watched = <Value>(promise: Promise<Value>, onSettled: () => void) => {
  let isSettled = false;
  const settle = () => {
    isSettled = true;
    onSettled();
  };
  promise.then(settle, settle);
  return { promise, isSettled: () => isSettled };
};
