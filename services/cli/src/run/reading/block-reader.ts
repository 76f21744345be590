import { Worker } from 'node:worker_threads';
import type { Block } from '../lines.ts';
import { type Columns, fromColumns } from './columns.ts';
import { type ReadBlock, readBlock } from './read-block.ts';

/** Reads the lines of blocks, each answered in its turn. */
export type BlockReader = {
  readonly read: (block: Block) => Promise<ReadBlock>;
  readonly close: () => Promise<unknown>;
};

/** Reads in this thread: for what comes line by line, or is short. */
export const readerHere: BlockReader = {
  read: async (block) => readBlock(block),
  close: async () => undefined,
};

/** What a block leaves dies with it. A block is as long as its longest line may be, so nothing else is bounded. */
const resourceLimits = { maxYoungGenerationSizeMb: 8 };

type Waiting = { readonly resolve: (block: ReadBlock) => void; readonly reject: (error: Error) => void };

/** Reads in a thread of its own, for what is long. */
export const startReader = (): BlockReader => {
  const worker = new Worker(new URL('./reading-thread.ts', import.meta.url), { resourceLimits });
  const waiting: Waiting[] = [];
  let dead: Error | undefined;
  const die = (error: Error) => {
    dead ??= error;
    for (const { reject } of waiting.splice(0)) reject(error);
  };
  worker.on('message', (columns: Columns) => waiting.shift()?.resolve(fromColumns(columns)));
  worker.on('error', die);
  worker.on('exit', () => die(new Error('the reading thread has ended')));
  return {
    read: (block) =>
      new Promise((resolve, reject) => {
        if (dead) return reject(dead);
        waiting.push({ resolve, reject });
        const bytes = new Uint8Array(block.bytes);
        const ends = new Uint32Array(block.ends);
        worker.postMessage({ bytes, ends }, [bytes.buffer, ends.buffer]);
      }),
    close: () => worker.terminate(),
  };
};
