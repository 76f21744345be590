import { parentPort } from 'node:worker_threads';
import { buffersOf, toColumns } from './columns.ts';

/** Reading takes as long as folding: it has a thread of its own, which is some blocks ahead. */
const port = parentPort;
if (!port) throw new Error('this file is the reading thread; it is not started by itself');

port.on('message', ({ bytes, ends }: { bytes: Uint8Array<ArrayBuffer>; ends: Uint32Array<ArrayBuffer> }) => {
  const columns = toColumns(bytes, ends);
  port.postMessage(columns, buffersOf(columns));
});
