import { PartitionStopped } from '../errors.ts';
import type { Receipt } from '../ports.ts';
import { receiptForm } from '../receipt-form.ts';
import type { Reader } from './cluster.ts';
import { committedRecords } from './committed.ts';
import type { FetchedRecord } from './record-batches.ts';

export type ReceiptReader = Pick<Reader, 'fetch' | 'bounds'>;

const firstWindow = 64;

/** How long the broker may take to write the marker of a transaction that was ended before the fence. */
const stableWaitMs = 15_000;
const stablePollMs = 100;

/** Waits so many ms. */
export type Pause = (ms: number) => Promise<void>;

const realPause: Pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Where all that was begun is decided; what is still open after the fence would never be. */
const stableEnd = async (
  reader: ReceiptReader,
  what: string,
  pause: Pause,
): Promise<{ first: number; end: number }> => {
  for (let waitedMs = 0; ; waitedMs += stablePollMs) {
    const { first, stable, end } = await reader.bounds();
    if (stable === end) return { first, end };
    if (waitedMs >= stableWaitMs) {
      throw new PartitionStopped(
        `${what} holds a transaction that nobody ends: it is open from offset ${stable} on, and the broker has lost ` +
          'its end. Whoever reads committed records waits there for good: see what "alo doctor" says of it, end it by ' +
          '"alo doctor --end-transaction", and start again',
      );
    }
    await pause(stablePollMs);
  }
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const parseReceipt = ({ value, offset }: FetchedRecord, what: string): Receipt => {
  const receipt = receiptForm.safeParse(jsonOf(String(value)));
  if (receipt.success) return receipt.data;
  throw new PartitionStopped(`${what} holds at offset ${offset} what is no receipt: someone else writes there`);
};

/** The last committed receipt of a stretch of the log, undefined where it holds none. It is looked for from the end back. */
export const lastReceiptIn = async (
  reader: Pick<ReceiptReader, 'fetch'>,
  { first, end }: { readonly first: number; readonly end: number },
  what: string,
): Promise<Receipt | undefined> => {
  for (let span = firstWindow; ; span *= 8) {
    const from = Math.max(first, end - span);
    let last: FetchedRecord | undefined;
    for await (const records of committedRecords(reader, from, end)) last = records.at(-1);
    if (last) return parseReceipt(last, what);
    if (from === first) return undefined;
  }
};

/**
 * C: the last committed receipt of a partition, undefined where none was ever written. To be asked once whoever wrote
 * before can write no more. It looks at the records themselves, from the end back, and not through a consumer.
 */
export const readLastReceipt = async (
  reader: ReceiptReader,
  what: string,
  pause = realPause,
): Promise<Receipt | undefined> => lastReceiptIn(reader, await stableEnd(reader, what, pause), what);
