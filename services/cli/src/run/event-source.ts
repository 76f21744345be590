import { createReadStream, type Stats } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InfrastructureError, WrongUse } from '@alo/runtime';
import type { Interruption } from './interruption.ts';
import { type Block, readBlocks } from './lines.ts';

/** Events to be read: a file, or standard input. */
export type EventSource = {
  readonly name: string;
  /** Undefined where it cannot be known. */
  readonly bytes: number | undefined;
  readonly blocks: () => AsyncIterable<Block>;
};

const chunkBytes = 256 * 1024;

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

/** The head of a source, to be looked at, and the whole of it, to be read afterwards. */
export type Spooled = { readonly head: AsyncIterable<Block>; readonly whole: EventSource };

/**
 * Standard input comes once, but whether its head was read before is known only after it: this keeps the head,
 * up to so many lines, in a file of the given folder.
 */
export const spooled = async (
  source: EventSource,
  linesMax: number,
  folder: string,
  interruption: Pick<Interruption, 'asked'>,
): Promise<Spooled> => {
  const path = join(folder, 'spool');
  const rest = source.blocks()[Symbol.asyncIterator]();
  const file = await open(path, 'w').catch(cannotSpool(path));
  try {
    for (let lines = 0; lines < linesMax; ) {
      const next = await Promise.race([rest.next(), interruption.asked]);
      if (!next || next.done) break;
      lines += next.value.ends.length;
      await file.writeFile(next.value.bytes).catch(cannotSpool(path));
    }
  } finally {
    await file.close();
  }
  const blocks = async function* () {
    yield* readBlocks(chunksOf(path));
    await rm(path, { force: true });
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  };
  return { head: readBlocks(chunksOf(path)), whole: { ...source, blocks } };
};

const cannotSpool =
  (path: string) =>
  (error: Error): never => {
    throw new InfrastructureError(`${path} cannot be written: ${error.message}`);
  };
