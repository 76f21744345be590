import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { decodeLine } from '@alo/contracts';
import { type EmbeddedStore, InfrastructureError, type Published, WrongUse } from '@alo/runtime';

/** What of the outputs goes to a sink, as a line; undefined for what does not. */
export type Rendering = (output: Published) => string | undefined;

export const asTrigger: Rendering = (output) => (output.kind === 'trigger' ? `${output.text}\n` : undefined);

export const asDeadLetter: Rendering = (output) => {
  if (output.kind !== 'dead-letter') return undefined;
  const { line, code, message, bytes } = output;
  const text = decodeLine(bytes);
  const whole = text === undefined ? { base64: Buffer.from(bytes).toString('base64') } : { text };
  return `${JSON.stringify({ line, code, message, ...whole })}\n`;
};

/** Where a sink began: the bytes that were there before, and the number of the first output that belongs into it. */
export type SinkMark = { readonly path: string; readonly baseBytes: number; readonly fromNumber: number };

export type Sink = {
  readonly mark: () => SinkMark;
  readonly write: (outputs: readonly Published[]) => void;
  /** Resolves when all that was written is out of this process, as far as it ever will be. */
  readonly flush: () => Promise<void>;
  readonly close: () => void;
};

/** What a run before has left: its mark, unless it ended, and the number of the first output that is new. */
export type Begun = { readonly mark: SinkMark | undefined; readonly nextNumber: number };

const textOf = (rendering: Rendering, outputs: readonly Published[]): string =>
  outputs.map((output) => rendering(output) ?? '').join('');

/** A pipe holds at most so much that its reader, if it goes away, has never read. */
const pipeBytesMax = 1024 * 1024;

/**
 * Standard output: what was written may come twice after a kill, for nobody can cut it. What may never have been read
 * does not count as delivered.
 */
export const openPipe = (rendering: Rendering, { mark, nextNumber }: Begun): Sink => {
  const unsure: { readonly fromNumber: number; readonly bytes: number }[] = [];
  let handedBytes = 0;
  let next = mark?.fromNumber ?? nextNumber;
  let written = Promise.resolve();
  const handed = (bytes: number) => {
    handedBytes += bytes;
    for (let first = unsure[0]; first && handedBytes - first.bytes >= pipeBytesMax; first = unsure[0]) {
      handedBytes -= first.bytes;
      unsure.shift();
    }
  };
  return {
    mark: () => ({ path: '-', baseBytes: 0, fromNumber: unsure[0]?.fromNumber ?? next }),
    write: (outputs) => {
      const text = textOf(rendering, outputs);
      const fromNumber = next;
      next = (outputs.at(-1)?.number ?? next - 1) + 1;
      if (text === '') return;
      const bytes = Buffer.byteLength(text);
      unsure.push({ fromNumber, bytes });
      written = new Promise((resolve) => {
        process.stdout.write(text, (error) => {
          if (!error) handed(bytes);
          resolve();
        });
      });
    },
    flush: () => written,
    close: () => undefined,
  };
};

/**
 * A file that holds exactly what is published: what stood there before stays, a torn end is cut, and what is
 * published but was not written is written now. A run that goes on with another file starts it anew there. What is
 * no regular file, a device or a named pipe, cannot be cut.
 */
export const openFileSink = async (
  path: string,
  option: string,
  rendering: Rendering,
  store: Pick<EmbeddedStore, 'outputs'>,
  begun: Begun,
): Promise<Sink> => {
  const file = resolve(path);
  const name = `${option} ${path}`;
  const fd = openForAppending(file, name);
  const stats = fstatSync(fd);
  const size = stats.isFile() ? stats.size : 0;
  const fromNumber = begun.mark?.fromNumber ?? begun.nextNumber;
  const mark = begun.mark?.path === file ? begun.mark : { path: file, baseBytes: size, fromNumber };
  const sink: Sink = {
    mark: () => mark,
    write: (outputs) => {
      const text = textOf(rendering, outputs);
      if (text !== '') writeAll(fd, Buffer.from(text), name);
    },
    flush: async () => {
      if (stats.isFile()) whileWriting(name, () => fsyncSync(fd));
    },
    close: () => closeSync(fd),
  };
  const cut = (bytes: number) => {
    if (stats.isFile()) whileWriting(name, () => ftruncateSync(fd, bytes));
  };
  await reconcile({ size, cut, sink }, mark, rendering, store);
  return sink;
};

const openForAppending = (file: string, name: string): number => {
  try {
    return openSync(file, 'a');
  } catch (error) {
    throw new WrongUse(`${name} cannot be written: ${(error as Error).message}`);
  }
};

const whileWriting = (name: string, write: () => void): void => {
  try {
    write();
  } catch (error) {
    throw new InfrastructureError(`${name} cannot be written: ${(error as Error).message}`);
  }
};

const writeAll = (fd: number, bytes: Buffer, name: string): void =>
  whileWriting(name, () => {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
  });

const pageSize = 1000;

type Standing = { readonly size: number; readonly cut: (bytes: number) => void; readonly sink: Sink };

const reconcile = async (
  { size, cut, sink }: Standing,
  { baseBytes, fromNumber }: SinkMark,
  rendering: Rendering,
  store: Pick<EmbeddedStore, 'outputs'>,
): Promise<void> => {
  let end = Math.min(baseBytes, size);
  let isBehind = false;
  for (let number = fromNumber; ; ) {
    const page = await store.outputs(number, pageSize);
    for (const output of page) {
      const bytes = Buffer.byteLength(rendering(output) ?? '');
      if (!isBehind && end + bytes > size) {
        isBehind = true;
        cut(end);
      }
      if (isBehind) sink.write([output]);
      else end += bytes;
    }
    if (page.length < pageSize) break;
    number = (page.at(-1) as Published).number + 1;
  }
  if (!isBehind && end < size) cut(end);
};
