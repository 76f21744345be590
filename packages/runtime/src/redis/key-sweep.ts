import { type Session, sendTogether, textCommand } from './commands.ts';

const keysPerCall = 2000;

/** Redis' patterns, taken literally. */
const literally = (text: string): string => text.replace(/[\\*?[\]]/g, '\\$&');

/**
 * Names in the order of their bytes, each byte a character: so they compare as bytes do, and one that is ASCII takes
 * no more memory than its length.
 */
const bytesText = (name: string): string => Buffer.from(name).toString('latin1');
const nameOf = (bytes: string): string => Buffer.from(bytes, 'latin1').toString();

/** Where a name would stand: the first place whose name is not below it. */
const placeOf = (names: readonly string[], name: string): number => {
  let from = 0;
  let to = names.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((names[middle] as string) < name) from = middle + 1;
    else to = middle;
  }
  return from;
};

/** All names behind a prefix of keys, sorted once, to be gone through page by page. */
export const sweepKeys = async (session: Session, prefix: string) => {
  const found = new Set<string>();
  let cursor = '0';
  do {
    const [reply] = await sendTogether(session, [scanCommand(cursor, prefix)]);
    const [next, keys] = reply as [string, string[]];
    for (const key of keys) found.add(bytesText(key.slice(prefix.length)));
    cursor = next;
  } while (cursor !== '0');
  const names = [...found].sort();

  return {
    has: (name: string): boolean => {
      const bytes = bytesText(name);
      return names[placeOf(names, bytes)] === bytes;
    },
    /** The names after one, at most so many. */
    after: (name: string, most: number): string[] => {
      const bytes = bytesText(name);
      const at = placeOf(names, bytes);
      const from = names[at] === bytes ? at + 1 : at;
      return names.slice(from, from + most).map(nameOf);
    },
  };
};

const scanCommand = (cursor: string, prefix: string) =>
  textCommand('SCAN', cursor, 'MATCH', `${literally(prefix)}*`, 'COUNT', String(keysPerCall));

export type KeySweep = Awaited<ReturnType<typeof sweepKeys>>;
