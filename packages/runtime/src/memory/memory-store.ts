import type { Applied, Due, JournalRecord, Log, Published, Receipt, States, Stored } from '../ports.ts';

/** What a memory store holds; another that is made from it goes on where the first stood. */
export type MemoryContents = {
  readonly journal: JournalRecord[];
  readonly outputs: Published[];
  readonly subscribers: Map<string, Stored>;
  receipt: Receipt | undefined;
  applied: Applied | undefined;
};

export const emptyContents = (): MemoryContents => ({
  journal: [],
  outputs: [],
  subscribers: new Map(),
  receipt: undefined,
  applied: undefined,
});

/** Both ports in memory: for tests, and for trying things out. `compare` orders subscribers by UTF-8 bytes. */
export const makeMemoryStore = (
  contents: MemoryContents,
  compare: (a: string, b: string) => number,
): { readonly log: Log; readonly states: States } => ({
  log: {
    receipt: async () => contents.receipt,
    record: async (offset) => contents.journal.find((record) => record.offset === offset),
    read: async function* (fromOffset) {
      const batch = contents.journal.filter(({ offset }) => offset >= fromOffset);
      if (batch.length > 0) yield batch;
    },
    publish: async (outputs, receipt) => {
      contents.outputs.push(...outputs);
      contents.receipt = receipt;
    },
  },
  states: {
    applied: async () => contents.applied,
    load: async (subscribers) => subscribers.map((subscriber) => contents.subscribers.get(subscriber)),
    dueAfter: async (place, most) => {
      const order = (a: Due, b: Due) => a.dueAt - b.dueAt || compare(a.subscriber, b.subscriber);
      return [...contents.subscribers]
        .flatMap(([subscriber, { dueAt }]) => (dueAt === undefined ? [] : [{ subscriber, dueAt }]))
        .filter((due) => place === undefined || order(due, place) > 0)
        .sort(order)
        .slice(0, most);
    },
    scan: async (after, most) =>
      [...contents.subscribers]
        .map(([subscriber, stored]) => ({ subscriber, ...stored }))
        .filter(({ subscriber }) => compare(subscriber, after) > 0)
        .sort((a, b) => compare(a.subscriber, b.subscriber))
        .slice(0, most),
    apply: async (changes, applied) => {
      for (const { subscriber, value, dueAt } of changes) {
        contents.subscribers.set(subscriber, { value: Uint8Array.from(value), dueAt });
      }
      contents.applied = applied;
    },
  },
});
