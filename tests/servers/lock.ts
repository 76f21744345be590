import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

const retryMs = 100;

/**
 * Lets one process of the machine at a time do this. SQLite locks by the operating system, which frees
 * the lock of a process that was killed. Throws when others hold it for longer than `waitMsMax`.
 */
export const withLock = async <T>(file: string, limits: { waitMsMax: number }, work: () => Promise<T>): Promise<T> => {
  const db = new DatabaseSync(file, { timeout: 0 });
  try {
    await untilLocked(db, Date.now() + limits.waitMsMax);
    return await work();
  } finally {
    db.close();
  }
};

const untilLocked = async (db: DatabaseSync, giveUpAtMs: number) => {
  while (!tryLock(db, giveUpAtMs)) await sleep(retryMs);
};

const tryLock = (db: DatabaseSync, giveUpAtMs: number): boolean => {
  try {
    db.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (!/locked/.test(String(error)) || Date.now() > giveUpAtMs) throw error;
    return false;
  }
};
