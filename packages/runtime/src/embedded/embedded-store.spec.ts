import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalRecord, Receipt } from '../ports.ts';
import { describeStore, type StoreAtHand } from '../store-contract.ts';
import { openEmbeddedStore } from './embedded-store.ts';

const atHand = async (file: string): Promise<StoreAtHand> => {
  const store = await openEmbeddedStore(file);
  return {
    log: store.log,
    states: store.states,
    append: (batch, receipt) => {
      store.log.append(appendedOf(batch));
      return store.log.publish([], receipt);
    },
    published: () => store.outputs(0, 1000),
    close: store.close,
  };
};

const appendedOf = (batch: readonly JournalRecord[]) => {
  const [{ offset, line } = { offset: 0, line: undefined }] = batch;
  const appendedAt = batch.map((record) => (record.ahead ? null : record.appendedAt));
  const lines = Buffer.concat(batch.flatMap(({ bytes }) => [bytes, Buffer.from('\n')]));
  const input = { input: 1, name: 'events', lines: (line ?? 0) + batch.length - 1, digest: '' };
  return { offset, appendedAt, lines, ...(line !== undefined && { input: { ...input, firstLine: line } }) };
};

describeStore('the embedded store', {
  make: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'alo-store-'));
    return {
      open: () => atHand(join(folder, 'alo.db')),
      remove: () => rm(folder, { recursive: true }),
    };
  },
});
