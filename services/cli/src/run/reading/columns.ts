import { type Incoming, readLine } from '@alo/contracts';
import { identityOf } from '@alo/domain/identity';
import { ChargeEvent } from './charge-event.ts';
import { lineOf, lineReader, onceEach, type ReadBlock, timeOf } from './read-block.ts';

/** What an event is known by: a name of 8 bytes and a content of 4. */
export const nameBytes = 8;
export const identityBytes = 12;

const currenciesMax = 256;

/**
 * The lines of a block as they cross from one thread to another: of each charge, as nearly all lines are, what the fold
 * asks of every charge. Any other line, and whatever is asked seldom, is read again on the other side.
 */
export type Columns = {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
  readonly isCharge: Uint8Array<ArrayBuffer>;
  /** When a line says that it was recorded: what moves now. */
  readonly times: Float64Array<ArrayBuffer>;
  readonly occurredAt: Float64Array<ArrayBuffer>;
  readonly amounts: Float64Array<ArrayBuffer>;
  readonly identities: Uint8Array<ArrayBuffer>;
  /** For each line the place of its currency in the list. */
  readonly currencyOf: Uint8Array<ArrayBuffer>;
  readonly currencies: readonly string[];
  readonly subjects: readonly string[];
};

/** Reads the lines of a block into columns. */
export const toColumns = (bytes: Uint8Array<ArrayBuffer>, ends: Uint32Array<ArrayBuffer>): Columns => {
  const count = ends.length;
  const currencies: string[] = [];
  const subjects = Array<string>(count).fill('');
  const columns = {
    bytes,
    ends,
    isCharge: new Uint8Array(count),
    times: new Float64Array(count),
    occurredAt: new Float64Array(count),
    amounts: new Float64Array(count),
    identities: new Uint8Array(count * identityBytes),
    currencyOf: new Uint8Array(count),
    currencies,
    subjects,
  };
  const read = lineReader({ bytes: Buffer.from(bytes.buffer), ends });
  const identities = Buffer.from(columns.identities.buffer);
  for (let n = 0; n < count; n += 1) {
    const line = read(n);
    if (line.kind !== 'event' || line.event.name !== 'usage.charged') continue;
    const { event } = line;
    const currency = placeOf(event.data.currency, currencies);
    if (currency >= currenciesMax) continue;
    const { name, content } = identityOf(event);
    identities.write(name, n * identityBytes, 'latin1');
    identities.write(content, n * identityBytes + nameBytes, 'latin1');
    columns.isCharge[n] = 1;
    columns.times[n] = line.time;
    columns.occurredAt[n] = event.occurredAt;
    columns.amounts[n] = event.data.amount;
    columns.currencyOf[n] = currency;
    subjects[n] = event.subject;
  }
  return columns;
};

const placeOf = (currency: string, currencies: string[]): number => {
  const place = currencies.indexOf(currency);
  return place === -1 && currencies.length < currenciesMax ? currencies.push(currency) - 1 : place & 0x1ff;
};

/** What of columns is handed over, not copied, when they are sent. */
export const buffersOf = (columns: Columns): ArrayBuffer[] =>
  Object.values(columns).flatMap((column) => (ArrayBuffer.isView(column) ? [column.buffer as ArrayBuffer] : []));

/** The lines of columns that came from the other thread. */
export const fromColumns = (columns: Columns): ReadBlock => {
  const block = { bytes: Buffer.from(columns.bytes.buffer), ends: columns.ends };
  const whole = (n: number): Incoming => readLine(lineOf(block, n));
  const charges = { columns, identities: Buffer.from(columns.identities.buffer), whole };
  const other = onceEach(whole);
  const isCharge = (n: number): boolean => columns.isCharge[n] === 1;
  return {
    ...block,
    incoming: (n) =>
      isCharge(n) ? { kind: 'event', time: columns.times[n] as number, event: new ChargeEvent(charges, n) } : other(n),
    time: (n) => (isCharge(n) ? columns.times[n] : timeOf(other(n))),
    subscriber: (n) => (isCharge(n) ? columns.subjects[n] : undefined),
  };
};
