import { isDeepStrictEqual } from 'node:util';
import { aloCore, decodeHeader, decodeState, encodeHeader, encodeState } from '@alo/domain';
import { PartitionStopped } from '@alo/runtime';
import fc from 'fast-check';
import { states } from '../../../packages/domain/src/testing/states.ts';
import { decodeApplied, encodeApplied } from '../../../packages/runtime/src/redis/stored-header.ts';
import { headBytes, readStored, writeHead } from '../../../packages/runtime/src/redis/stored-value.ts';
import { headerTexts, packedStates } from '../corpus/states.ts';
import { type Door, insist, makeDoor, type Outcome } from '../door.ts';
import { byteEdit, editBytes } from '../edits/byte-edits.ts';
import { editedBytes, editedText, renderBytes, renderText } from '../edits/edited.ts';
import { lazily } from '../lazily.ts';

/** The domain has no error of its own: what it throws of bytes says so in its first words. */
const saysOf = (what: string) => (error: unknown) => (error as Error).message.startsWith(`${what} cannot be read: `);

/** What is taken must be a state of its own: packed and read again it is the same. */
const enterState = (packed: Uint8Array): Outcome => {
  const state = decodeState(packed);
  insist(isDeepStrictEqual(decodeState(encodeState(state)), state), 'a state that was read is packed as another');
  return 'taken';
};

const livedStates = makeDoor({
  name: 'packed-states',
  casesPerRound: 3000,
  cases: editedBytes,
  render: (one) => renderBytes(packedStates(), one),
  enter: enterState,
  refuses: saysOf('a packed state'),
});

const anyStates = makeDoor({
  name: 'packed-states-of-any-kind',
  casesPerRound: 300,
  cases: fc.record({ state: states, edits: fc.array(byteEdit, { maxLength: 3 }) }),
  render: ({ state, edits }) => editBytes(encodeState(state), edits, packedStates()),
  enter: enterState,
  refuses: saysOf('a packed state'),
});

const headers = makeDoor({
  name: 'packed-headers',
  casesPerRound: 150,
  cases: editedText,
  render: (one) => renderText(headerTexts(), one).toString(),
  enter: (text): Outcome => {
    const header = decodeHeader(text);
    insist(isDeepStrictEqual(decodeHeader(encodeHeader(header)).now, header.now), 'now is something else');
    aloCore.nowAfter(header, { incoming: { kind: 'empty' }, appendedAt: 0, ahead: false });
    return 'taken';
  },
  refuses: saysOf('a header'),
});

const redisValue = (value: Uint8Array, dueAt: number | undefined): Buffer => {
  const head = headBytes(dueAt);
  const bytes = Buffer.alloc(head + value.length);
  writeHead(bytes, 0, 7_000_000, dueAt);
  bytes.set(value, head);
  return bytes;
};

const redisValues = lazily((): readonly Buffer[] =>
  packedStates().map((value, n) => redisValue(value, n % 3 === 0 ? undefined : 1_800_000_000_000 + n)),
);

const values = makeDoor({
  name: 'redis-values',
  casesPerRound: 3000,
  cases: editedBytes,
  render: (one) => renderBytes(redisValues(), one),
  enter: (bytes): Outcome => {
    const stored = readStored(bytes);
    if (!stored) return 'refused';
    const { value, dueAt, standsAt } = stored;
    insist(Number.isSafeInteger(standsAt), 'a value stands nowhere');
    insist(dueAt === undefined || Number.isSafeInteger(dueAt), `something falls due at ${dueAt}`);
    insist(redisValue(value, dueAt).subarray(7).equals(bytes.subarray(7)), 'a value that is written again is another');
    return 'taken';
  },
});

const appliedTexts = lazily((): readonly string[] => {
  const [header = ''] = headerTexts();
  const applied = { offset: 7, step: 2, digest: 'd'.repeat(64), count: 3, version: '0.1.0', header };
  return [
    encodeApplied(applied),
    encodeApplied({ ...applied, step: 0, rearmedUpTo: 's-😀' }),
    encodeApplied({ ...applied, settled: { dueAt: -1, subscriber: 's-1' }, lastRecord: 'abc', isUnverified: true }),
  ];
});

const isInstantOrNothing = (value: unknown) => value === undefined || Number.isSafeInteger(value);
const isTextOrNothing = (value: unknown) => value === undefined || typeof value === 'string';

const redisHeaders = makeDoor({
  name: 'redis-headers',
  casesPerRound: 1500,
  cases: editedText,
  render: (one) => renderText(appliedTexts(), one).toString(),
  enter: (text): Outcome => {
    const read = decodeApplied('alo:{1}:header', text);
    const { offset, settled, rearmedUpTo, lastRecord, isUnverified } = read;
    insist(Number.isSafeInteger(offset) && isInstantOrNothing(settled?.dueAt), 'R stands nowhere');
    insist([settled?.subscriber, rearmedUpTo, lastRecord].every(isTextOrNothing), 'R names what is no text');
    insist(isUnverified === undefined || typeof isUnverified === 'boolean', 'R is neither verified nor not');
    const again = decodeApplied('key', encodeApplied(read));
    insist(encodeApplied(again) === encodeApplied(read), 'R that is written again is another');
    return 'taken';
  },
  refuses: (error) => error instanceof PartitionStopped,
});

export const packedDoors: readonly Door[] = [livedStates, anyStates, headers, values, redisHeaders];
