import type { Writable } from 'node:stream';
import { Command } from 'ioredis';
import { makeRespWriter, type RespWriter } from './resp-writer.ts';

/** So many items at most in one command, each of some arguments: one that takes long holds up all other clients. */
const itemsPerCommand = 500;
const bytesAtFirst = 64 * 1024;
/** A buffer that once had to grow past this is let go. */
const keptBytesMax = 4 * 1024 * 1024;

type Piece = { readonly start: number; items: number; end: number };

/** Arguments of many items, written once, for commands of some hundred items each. */
export type PackedArguments = ReturnType<typeof makePackedArguments>;

export const makePackedArguments = (argumentsPerItem: number) => {
  let writer: RespWriter = makeRespWriter(bytesAtFirst);
  let pieces: Piece[] = [];

  const commandOf = (name: string, first: readonly string[], { start, items, end }: Piece): Command => {
    const command = new Command(name, []);
    const words = [name, ...first].map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('');
    const head = `*${first.length + 1 + items * argumentsPerItem}\r\n${words}`;
    command.toWritable = (socket) => {
      (socket as Writable).write(head);
      return writer.buffer().subarray(start, end);
    };
    return command;
  };

  return {
    /** One item more, written by `write`. */
    add: (write: (writer: RespWriter) => void): void => {
      let piece = pieces.at(-1);
      if (piece === undefined || piece.items === itemsPerCommand) {
        piece = { start: writer.end(), items: 0, end: 0 };
        pieces.push(piece);
      }
      write(writer);
      piece.items += 1;
      piece.end = writer.end();
    },
    /** Commands with these arguments in front, to be sent before this is cleared. */
    commands: (name: string, ...first: readonly string[]): Command[] =>
      pieces.map((piece) => commandOf(name, first, piece)),
    /** Begins anew, once nothing of this is under way any more. */
    clear: (): void => {
      if (writer.buffer().length > keptBytesMax) writer = makeRespWriter(bytesAtFirst);
      writer.clear();
      pieces = [];
    },
  };
};
