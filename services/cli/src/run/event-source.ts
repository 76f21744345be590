import { once } from 'node:events';
import { createReadStream, createWriteStream, type Stats } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { WrongUse } from '@alo/runtime';
import { type Block, readBlocks } from './lines.ts';

/** Events to be read: a file, or standard input. */
export type EventSource = {
  readonly name: string;
  /** Undefined where it cannot be known. */
  readonly bytes: number | undefined;
  readonly blocks: () => AsyncIterable<Block>;
};

const chunkBytes = 512 * 1024;

/** Opens what `--events` names. Rejects with WrongUse where it cannot be read. */
export const openEventSource = async (path: string): Promise<EventSource> => {
  if (path === '-') return { name: '-', bytes: undefined, blocks: () => readBlocks(process.stdin) };
  const stats = await stat(path).catch((error) => {
    throw cannotRead(path, error);
  });
  if (stats.isDirectory())
    throw new WrongUse(`--events ${path} is a directory; give a file of JSON lines, or - for standard input`);
  return { name: path, bytes: sizeOf(stats), blocks: () => readBlocks(chunksOf(path)) };
};

const sizeOf = (stats: Stats) => (stats.isFile() ? stats.size : undefined);

async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path, { highWaterMark: chunkBytes });
  } catch (error) {
    throw cannotRead(path, error as NodeJS.ErrnoException);
  }
}

const cannotRead = (path: string, error: NodeJS.ErrnoException): WrongUse =>
  new WrongUse(`--events ${path} cannot be read: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}`);

/**
 * Standard input comes once, but whether its head was read before is known only after it: this keeps the head,
 * up to so many lines, in a file of the given folder.
 */
export const spooled = async (source: EventSource, linesMax: number, folder: string): Promise<EventSource> => {
  const file = join(folder, `spool-${process.pid}`);
  const out = createWriteStream(file);
  const rest = source.blocks()[Symbol.asyncIterator]();
  for (let lines = 0; lines < linesMax; ) {
    const next = await rest.next();
    if (next.done) break;
    lines += next.value.ends.length;
    if (!out.write(next.value.bytes)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  let isFirstReading = true;
  return {
    ...source,
    blocks: async function* () {
      yield* readBlocks(chunksOf(file));
      if (isFirstReading) {
        isFirstReading = false;
        return;
      }
      await rm(file, { force: true });
      for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
    },
  };
};
