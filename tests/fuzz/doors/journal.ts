import { isDeepStrictEqual } from 'node:util';
import { type AloEvent, type Incoming, readLine, refusalCodes } from '@alo/contracts';
import { aloCore, fingerprintOf } from '@alo/domain';
import fc from 'fast-check';
import { buffersOf, fromColumns, toColumns } from '../../../services/cli/src/run/reading/columns.ts';
import { eventTexts } from '../corpus/messages.ts';
import { type Door, insist, insistTellable, makeDoor, type Outcome } from '../door.ts';
import { editedText, renderText } from '../edits/edited.ts';

const outcomeOf = (incoming: Incoming): Outcome => (incoming.kind === 'event' ? 'taken' : 'refused');

const anyBytes = fc.oneof(
  { weight: 30, arbitrary: editedText.map((edited) => ({ edited })) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => ({ bytes })) },
  { weight: 1, arbitrary: fc.json().map((json) => ({ json })) },
);
type AnyBytes = typeof anyBytes extends fc.Arbitrary<infer Case> ? Case : never;

const render = (one: AnyBytes): Buffer => {
  if ('edited' in one) return renderText(eventTexts, one.edited);
  return 'bytes' in one ? Buffer.from(one.bytes) : Buffer.from(one.json);
};

/** A charge that comes from the other thread reads each of these when it is asked for. */
const dataOf = (event: AloEvent): unknown => {
  if (event.name !== 'usage.charged') return event.data;
  const { amount, currency, service, line } = event.data;
  return { amount, currency, service, line };
};

/** All that anyone may ask of an event, in a form that can be compared. */
const told = (incoming: Incoming): unknown => {
  if (incoming.kind !== 'event') return incoming;
  const { name, type, source, id, subject, occurredAt, rawData, traceparent } = incoming.event;
  const fingerprint = fingerprintOf(incoming.event, 20_000);
  const data = JSON.stringify([dataOf(incoming.event), rawData]);
  return { time: incoming.time, name, type, source, id, subject, occurredAt, data, traceparent, fingerprint };
};

/** The event written again, of what alo has read of it. */
const writtenAgain = (
  { type, source, id, subject, occurredAt, rawData, traceparent }: AloEvent,
  time: number,
): Buffer => {
  const instant = (ms: number) => new Date(ms).toISOString();
  const attributes = { specversion: '1.0', type, source, id, time: instant(occurredAt), recordedtime: instant(time) };
  return Buffer.from(JSON.stringify({ ...attributes, ...(subject !== '' && { subject }), traceparent, data: rawData }));
};

const enterJournal = (bytes: Buffer): Outcome => {
  const incoming = aloCore.read(bytes);
  if (incoming.kind === 'event') {
    const again = aloCore.read(writtenAgain(incoming.event, incoming.time));
    insist(isDeepStrictEqual(told(again), told(incoming)), 'an event that is written again is another');
  } else if (incoming.kind !== 'empty') {
    insist(refusalCodes.includes(incoming.refusal.code), `there is no code ${incoming.refusal.code}`);
    insistTellable(incoming.refusal.message);
  }
  return outcomeOf(incoming);
};

const journal = makeDoor({
  name: 'journal',
  casesPerRound: 1500,
  cases: anyBytes,
  render,
  enter: enterJournal,
});

const lineFeed = 10;

const blockOf = (lines: readonly Buffer[]) => {
  const bytes = Buffer.concat(lines.flatMap((line) => [line, Buffer.from([lineFeed])]));
  let end = -1;
  return { bytes: new Uint8Array(bytes), ends: Uint32Array.from(lines, (line) => (end += line.length + 1)) };
};

const asIfSent = (columns: ReturnType<typeof toColumns>) => structuredClone(columns, { transfer: buffersOf(columns) });

/** A long file is read in another thread, and only a part of what was read crosses over. */
const threads = makeDoor({
  name: 'reading-thread',
  casesPerRound: 300,
  cases: fc.array(anyBytes, { maxLength: 6 }),
  render: (cases) => cases.map((one) => Buffer.from(render(one).filter((byte) => byte !== lineFeed))),
  enter: (lines): Outcome => {
    const { bytes, ends } = blockOf(lines);
    const { incoming } = fromColumns(asIfSent(toColumns(bytes, ends)));
    const isSame = (line: Buffer, n: number) => isDeepStrictEqual(told(incoming(n)), told(readLine(line)));
    insist(lines.every(isSame), 'a line says something else when it was read in the other thread');
    return lines.some((_, n) => incoming(n).kind === 'event') ? 'taken' : 'refused';
  },
});

export const journalDoors: readonly Door[] = [journal, threads];
