import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { InfrastructureError, WrongUse } from '@alo/runtime';
import type { Interruption } from '../run/interruption.ts';

export type LineSink = {
  readonly write: (line: string) => Promise<void>;
  readonly end: () => Promise<void>;
};

const chunkChars = 256 * 1024;

/** Lines into a new file, or onto standard output for `-`. A file that is there already is not touched. */
export const openLineSink = async (path: string, interruption: Interruption): Promise<LineSink> => {
  const { send, close } = path === '-' ? standardOutput(interruption) : await newFile(path);
  let chunk = '';
  const flush = async () => {
    if (chunk !== '') await send(chunk);
    chunk = '';
  };
  return {
    write: async (line) => {
      chunk += `${line}\n`;
      if (chunk.length >= chunkChars) await flush();
    },
    end: () => flush().finally(close),
  };
};

const standardOutput = ({ asked }: Interruption) => ({
  send: async (chunk: string) => {
    if (process.stdout.write(chunk)) return;
    await Promise.race([once(process.stdout, 'drain').catch(() => undefined), asked]);
  },
  close: async () => undefined,
});

const newFile = async (path: string) => {
  const file = await open(path, 'wx').catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'EEXIST' ? 'it is there already; remove it, or give another name' : error.message;
    throw new WrongUse(`--out ${path} cannot be written: ${why}`);
  });
  const send = async (chunk: string) => {
    await file.writeFile(chunk).catch((error: Error) => {
      throw new InfrastructureError(`--out ${path} cannot be written: ${error.message}`);
    });
  };
  return { send, close: () => file.close() };
};
