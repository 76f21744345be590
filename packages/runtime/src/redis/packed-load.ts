import type { Command } from 'ioredis';
import { makePackedArguments } from './packed-arguments.ts';
import type { PartitionKeys } from './partition-keys.ts';

/** Whom to load, made ready to be sent. */
export const makePackedLoad = ({ subscribers: prefixText }: PartitionKeys) => {
  const prefix = Buffer.from(prefixText);
  const packed = makePackedArguments(1);
  return {
    fill: (subscribers: readonly string[]): void => {
      for (const subscriber of subscribers) packed.add((writer) => writer.text(prefix, subscriber));
    },
    /** Their answers, one after the other, are the values in the order that was asked for. */
    commands: (): Command[] => packed.commands('MGET'),
    clear: packed.clear,
  };
};
