import type { Command } from 'ioredis';

/** What a client sends: a command and its arguments, as bytes or as text that stands for them. */
export type Sent = { readonly name: string; readonly args: readonly (Buffer | string)[] };

const lineFeed = 10;

/** Reads `*n` and n times `$length`, bytes: a command as it goes over the wire. The bytes are copied. */
const parsed = (bytes: Buffer): Sent => {
  let at = 1;
  const number = (): number => {
    const end = bytes.indexOf(lineFeed, at);
    const value = Number(bytes.toString('latin1', at, end - 1));
    at = end + 1;
    return value;
  };
  const words: Buffer[] = [];
  for (let left = number(); left > 0; left -= 1) {
    at += 1;
    const length = number();
    words.push(Buffer.from(bytes.subarray(at, at + length)));
    at += length + 2;
  }
  return { name: (words[0] as Buffer).toString('latin1'), args: words.slice(1) };
};

type Chunk = string | Buffer;

/** A command that writes itself, as packed ones do, is read from what it writes. */
const written = (command: Command): Sent => {
  const chunks: Chunk[] = [];
  const socket = { write: (chunk: Chunk) => chunks.push(chunk) };
  chunks.push(command.toWritable(socket));
  return parsed(Buffer.concat(chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk))));
};

/** A command as the server gets it, at the moment in which it is sent. */
export const sentOf = (command: Command): Sent =>
  Object.hasOwn(command, 'toWritable') ? written(command) : { name: command.name, args: command.args as Buffer[] };
