import type { JournalRecord, Receipt } from '../ports.ts';
import { describeStore } from '../store-contract.ts';
import { emptyContents, makeMemoryStore } from './memory-store.ts';

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

describeStore('the memory store', {
  make: async () => {
    const contents = emptyContents();
    const open = async () => ({
      ...makeMemoryStore(contents, byBytes),
      append: async (batch: readonly JournalRecord[], receipt: Receipt) => {
        contents.journal.push(...batch);
        contents.receipt = receipt;
      },
      published: async () => contents.outputs,
      close: async () => undefined,
    });
    return { open, remove: async () => undefined };
  },
});
