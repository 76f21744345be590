import { PartitionStopped } from '../errors.ts';

/** Reads what an engine has left in the store. What cannot be read stops the partition, for it will not mend itself. */
export const readable = <Value>(read: () => Value): Value => {
  try {
    return read();
  } catch (error) {
    throw new PartitionStopped(`${(error as Error).message}: the store is broken, or another alo wrote it`);
  }
};
