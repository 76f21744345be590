import type { Reader } from './cluster.ts';
import type { FetchedRecord } from './record-batches.ts';

const markerOf = ({ key }: FetchedRecord): 'commit' | 'abort' | 'other' => {
  const type = key && key.length >= 4 ? key.readInt16BE(2) : undefined;
  return type === 1 ? 'commit' : type === 0 ? 'abort' : 'other';
};

/**
 * Tells which records are committed, from the records and the markers of a partition as they lie there. What belongs
 * to a transaction is held back until its marker has come.
 */
export const makeCommittedFilter = () => {
  const open = new Map<bigint, FetchedRecord[]>();

  const settle = (record: FetchedRecord): readonly FetchedRecord[] => {
    const { producerId } = record.batch;
    const held = open.get(producerId) ?? [];
    open.delete(producerId);
    return markerOf(record) === 'commit' ? held : [];
  };

  const take = (record: FetchedRecord): readonly FetchedRecord[] => {
    const { producerId, inTransaction, isControl } = record.batch;
    if (isControl) return settle(record);
    if (!inTransaction) return [record];
    open.set(producerId, [...(open.get(producerId) ?? []), record]);
    return [];
  };

  return (records: readonly FetchedRecord[]): readonly FetchedRecord[] => records.flatMap(take);
};

const pageBytes = 1024 * 1024;

/** The committed records of a partition from an offset on, up to another. Compaction leaves gaps; they are stepped over. */
export async function* committedRecords(
  reader: Pick<Reader, 'fetch'>,
  from: number,
  end: number,
): AsyncGenerator<readonly FetchedRecord[]> {
  const filter = makeCommittedFilter();
  for (let offset = from; offset < end; ) {
    const { records } = await reader.fetch({ offset, waitMs: 50, bytesMax: pageBytes });
    const last = records.at(-1);
    offset = last ? last.offset + 1 : offset + 1;
    const committed = filter(records.filter((record) => record.offset < end));
    if (committed.length > 0) yield committed;
  }
}
