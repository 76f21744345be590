import { setTimeout as sleep } from 'node:timers/promises';

/** Whether there is a process of this id. */
export const isAlive = (pid: number | undefined): boolean => {
  if (pid === undefined) return false;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const pollMs = 20;

/** Waits until this is so; throws when it is not so in time. */
export const until = async (isSo: () => boolean, limits: { waitMsMax: number }): Promise<void> => {
  const giveUpAtMs = Date.now() + limits.waitMsMax;
  while (!isSo()) {
    if (Date.now() > giveUpAtMs) throw new Error(`not so within ${limits.waitMsMax} ms: ${isSo}`);
    await sleep(pollMs);
  }
};
