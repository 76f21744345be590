import type { Command } from 'ioredis';
import type { Change } from '../ports.ts';
import { textCommand } from './commands.ts';
import { makePackedArguments } from './packed-arguments.ts';
import type { PartitionKeys } from './partition-keys.ts';
import { headBytes, writeHead } from './stored-value.ts';

const noPrefix = new Uint8Array(0);

/** A write made ready: its changes are copied, and need not stay what they are. */
export type PackedWrite = ReturnType<typeof makePackedWrite>;

export const makePackedWrite = (keys: PartitionKeys) => {
  const prefix = Buffer.from(keys.subscribers);
  const values = makePackedArguments(2);
  const due = makePackedArguments(2);
  const notDue = makePackedArguments(1);

  const add = ({ subscriber, value, dueAt }: Change, standsAt: number): void => {
    values.add((writer) => {
      const start = writer.text(prefix, subscriber);
      const stop = writer.end() - 2;
      if (dueAt === undefined) notDue.add((into) => into.bytes(writer.buffer(), start, stop));
      else {
        due.add((into) => {
          into.text(noPrefix, String(dueAt));
          into.bytes(writer.buffer(), start, stop);
        });
      }
      const head = headBytes(dueAt);
      const at = writer.room(head + value.length);
      writeHead(writer.buffer(), at, standsAt, dueAt);
      writer.buffer().set(value, at + head);
    });
  };

  return {
    /** Takes changes, gone through once, that stand at an offset, and tells whose they are. */
    fill: (changes: Iterable<Change>, standsAt: number): readonly string[] => {
      const subscribers: string[] = [];
      for (const change of changes) {
        add(change, standsAt);
        subscribers.push(change.subscriber);
      }
      return subscribers;
    },
    /**
     * The commands that write it, in an order of which every beginning is harmless: the index may only gain or move
     * earlier; the values; R; then the exact index.
     */
    commands: (header: string): Command[] => [
      ...due.commands('ZADD', keys.due, 'LT'),
      ...values.commands('MSET'),
      textCommand('SET', keys.header, header),
      ...due.commands('ZADD', keys.due),
      ...notDue.commands('ZREM', keys.due),
    ],
    clear: (): void => {
      for (const packed of [values, due, notDue]) packed.clear();
    },
  };
};
