import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
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
  readonly close: () => void;
};

/** Standard output: what was written may come twice after a kill, for nobody can cut it. */
export const openPipe = (rendering: Rendering, fromNumber: number): Sink => {
  let delivered = fromNumber;
  return {
    mark: () => ({ path: '-', baseBytes: 0, fromNumber: delivered }),
    write: (outputs) => {
      const text = outputs.map((output) => rendering(output) ?? '').join('');
      if (text !== '') process.stdout.write(text);
      delivered = (outputs.at(-1)?.number ?? delivered - 1) + 1;
    },
    close: () => undefined,
  };
};

/**
 * A file that holds exactly what is published: what stood there before stays, a torn end is cut, and what is
 * published but was not written is written now.
 */
export const openFileSink = async (
  path: string,
  option: string,
  rendering: Rendering,
  store: Pick<EmbeddedStore, 'outputs'>,
  begun: { readonly mark?: SinkMark | undefined; readonly nextNumber: number },
): Promise<Sink> => {
  const file = resolve(path);
  const fd = openForAppending(file, path, option);
  const size = fstatSync(fd).size;
  const mark = begun.mark?.path === file ? begun.mark : { path: file, baseBytes: size, fromNumber: begun.nextNumber };
  const sink: Sink = {
    mark: () => mark,
    write: (outputs) => {
      const text = outputs.map((output) => rendering(output) ?? '').join('');
      if (text !== '') writeAll(fd, Buffer.from(text), `${option} ${path}`);
    },
    close: () => closeSync(fd),
  };
  await reconcile(fd, size, mark, rendering, store, sink);
  return sink;
};

const openForAppending = (file: string, path: string, option: string): number => {
  try {
    return openSync(file, 'a+');
  } catch (error) {
    throw new WrongUse(`${option} ${path} cannot be written: ${(error as Error).message}`);
  }
};

const writeAll = (fd: number, bytes: Buffer, name: string): void => {
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
  } catch (error) {
    throw new InfrastructureError(`${name} cannot be written: ${(error as Error).message}`);
  }
};

const pageSize = 1000;

const reconcile = async (
  fd: number,
  size: number,
  { baseBytes, fromNumber }: SinkMark,
  rendering: Rendering,
  store: Pick<EmbeddedStore, 'outputs'>,
  sink: Sink,
): Promise<void> => {
  let end = Math.min(baseBytes, size);
  let isBehind = false;
  for (let number = fromNumber; ; ) {
    const page = await store.outputs(number, pageSize);
    for (const output of page) {
      const bytes = Buffer.byteLength(rendering(output) ?? '');
      if (!isBehind && end + bytes > size) {
        isBehind = true;
        ftruncateSync(fd, end);
      }
      if (isBehind) sink.write([output]);
      else end += bytes;
    }
    if (page.length < pageSize) break;
    number = (page.at(-1) as Published).number + 1;
  }
  if (!isBehind && end < size) ftruncateSync(fd, end);
};
