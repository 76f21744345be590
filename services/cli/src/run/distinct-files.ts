import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { WrongUse } from '@alo/runtime';
import { databaseName } from './session.ts';

type Files = {
  readonly policy: string;
  readonly events: string;
  readonly data?: string | undefined;
  readonly out?: string | undefined;
  readonly deadLetters?: string | undefined;
};

/** Rejects with WrongUse where a run would write into what it reads, or two things into one file. */
export const refuseSharedFiles = async ({ policy, events, data, out, deadLetters }: Files): Promise<void> => {
  if (deadLetters === '-') throw new WrongUse('--dead-letters must be a file; only --out may be - for standard output');
  const names = new Map<string, string>();
  const given = [
    ['--policy', policy],
    ['--events', events === '-' ? undefined : events],
    ['the database of --data', data === undefined ? undefined : join(data, databaseName)],
    ['--out', out === '-' ? undefined : out],
    ['--dead-letters', deadLetters],
  ] as const;
  for (const [name, path] of given) {
    const identity = path === undefined ? undefined : await identityOf(path);
    if (identity === undefined) continue;
    const other = names.get(identity);
    if (other !== undefined) throw new WrongUse(`${name} and ${other} are the same file: ${path}`);
    names.set(identity, name);
  }
};

/** What tells a file from all others; undefined for a device or a pipe, which may be shared. */
const identityOf = async (path: string): Promise<string | undefined> => {
  const stats = await stat(path).catch(() => undefined);
  if (!stats) return resolve(path);
  return stats.isFile() ? `${stats.dev}/${stats.ino}` : undefined;
};
