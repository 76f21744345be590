import { readLine } from '@alo/contracts';
import type { KeyedMessage, SourceRecord } from '@alo/runtime/live';
import fc from 'fast-check';
import { checkIntake } from '../../../services/intake/src/intake-config.ts';
import { mapRecord } from '../../../services/intake/src/map-record.ts';
import { prepareTopic } from '../../../services/intake/src/source-topic.ts';
import { takeRecords } from '../../../services/intake/src/take-records.ts';
import { cdrText, intakeTexts, type Source, sources } from '../corpus/intake.ts';
import { type Door, insist, insistTellable, makeDoor, type Outcome } from '../door.ts';
import { editedText, renderText } from '../edits/edited.ts';

const hmacKey = 'a key of a test, which no other knows';

const oddBytes = fc.oneof(
  fc.uint8Array({ maxLength: 12 }),
  fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
);
const oddHeader = fc.oneof(
  fc.string({ unit: 'binary' }),
  oddBytes,
  fc.array(oddBytes, { maxLength: 2 }),
  fc.constant(undefined),
);
const headerNames = ['ce_id', 'ce_time', 'ce_subject', 'CE_TYPE', 'subject', 'traceparent', 'alo_reason', '__proto__'];

/** Milliseconds as they should be, and micro- and nanoseconds as they come too. */
const timestampMs = fc.oneof(
  { weight: 6, arbitrary: fc.constant(1_785_519_000_000) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(-1, 0, 1_785_519_000_000_000, 1_785_519_000_000_000_000, 2 ** 63, Number.NaN),
  },
);

const recordCase = fc.record({
  topic: fc.nat(999),
  message: editedText,
  isUsual: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  isEmpty: fc.oneof({ weight: 40, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  key: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: oddBytes }),
  odd: fc.array(fc.tuple(fc.constantFrom(...headerNames), oddHeader), { maxLength: 3 }),
  timestampMs,
});
type RecordCase = typeof recordCase extends fc.Arbitrary<infer Case> ? Case : never;

const objectIn = (bytes: Buffer): Readonly<Record<string, unknown>> | undefined => {
  try {
    const json = JSON.parse(bytes.toString());
    return typeof json === 'object' && json !== null ? json : undefined;
  } catch {
    return undefined;
  }
};

const headerText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const sourceOf = ({ topic }: RecordCase): Source => sources[topic % sources.length] as Source;

/** A CloudEvent in binary mode has its attributes as headers; so they are told as well where they do not belong. */
const sourceRecord = (one: RecordCase): SourceRecord => {
  const { texts, topic } = sourceOf(one);
  const bytes = renderText(texts, one.message);
  const json = (topic.format === 'cloudevents-binary') === one.isUsual ? objectIn(bytes) : undefined;
  const { data, ...attributes } = json ?? {};
  const headers = Object.entries(attributes).map(([name, value]) => [`ce_${name}`, Buffer.from(headerText(value))]);
  return {
    topic: 'operator.t',
    partition: 3,
    offset: '9007199254740993',
    timestampMs: one.timestampMs,
    key: one.key,
    headers: Object.fromEntries([...headers, ['subject', Buffer.from('s-1')], ...one.odd]),
    value: one.isEmpty ? null : data === undefined ? bytes : Buffer.from(JSON.stringify(data)),
  };
};

/** Whatever is written: where it went, and as what. */
const taken = async ({ topic }: Source, record: SourceRecord): Promise<Readonly<Record<string, KeyedMessage[]>>> => {
  const written: Record<string, KeyedMessage[]> = { journal: [], letters: [] };
  await takeRecords([record], {
    topics: new Map([[record.topic, topic]]),
    hmacKey,
    journal: 'journal',
    deadLetters: 'letters',
    writer: {
      write: async (to, messages) => {
        written[to]?.push(...messages);
        return [];
      },
    },
    count: () => undefined,
  });
  return written;
};

const insistWhole = ({ value, headers = {} }: KeyedMessage, record: SourceRecord): void => {
  insist(value === record.value, 'a dead letter has another value than its record');
  const own = Object.entries(record.headers).filter(([name, header]) => header !== undefined && !/^alo_/.test(name));
  insist(
    own.every(([name, header]) => headers[name] === header),
    'a dead letter lost a header of its record',
  );
  insistTellable(String(headers.alo_reason));
};

const enterRecord = async ([source, record]: readonly [Source, SourceRecord]): Promise<Outcome> => {
  const { journal = [], letters = [] } = await taken(source, record);
  insist(
    journal.length + letters.length === 1,
    'a record is neither in the journal nor among the dead letters, or is twice',
  );
  for (const letter of letters) insistWhole(letter, record);
  for (const { key, value } of journal) {
    const read = readLine(value as Buffer);
    insist(read.kind === 'event' && read.event.subject === key, 'the engine does not take what intake has taken');
  }
  return journal.length === 1 ? 'taken' : 'refused';
};

const records = makeDoor({
  name: 'intake-records',
  casesPerRound: 1000,
  cases: recordCase,
  render: (one) => [sourceOf(one), sourceRecord(one)] as const,
  enter: enterRecord,
});

const plainRecord: SourceRecord = {
  ...{ topic: 'operator.t', partition: 0, offset: '0', timestampMs: 0, key: null, headers: {} },
  value: Buffer.from(cdrText),
};

const keysAt = (object: object, name: string): string =>
  Object.keys((object as Readonly<Record<string, object | undefined>>)[name] ?? {}).join();

/** What is written in a configuration counts, or is refused: nothing of it is lost without a word. */
const insistAllCounts = (given: { readonly topics: object }, read: { readonly topics: object }): void => {
  insist(keysAt(given, 'topics') === keysAt(read, 'topics'), 'a topic is lost');
  for (const [name, topic] of Object.entries(given.topics)) {
    const prepared = (read.topics as Readonly<Record<string, object>>)[name] as object;
    insist(keysAt(topic, 'fields') === keysAt(prepared, 'fields'), `a field of ${name} is lost`);
  }
};

const enterConfig = (bytes: Buffer): Outcome => {
  let given: unknown;
  try {
    given = JSON.parse(bytes.toString());
  } catch {
    return 'refused';
  }
  const check = checkIntake(given);
  if (!check.ok) {
    insist(check.problems.length > 0, 'a configuration is wrong and nothing is wrong with it');
    for (const { path, message } of check.problems) insistTellable(`${path} ${message}`);
    return 'refused';
  }
  insistAllCounts(given as { topics: object }, check.config);
  for (const config of Object.values(check.config.topics)) mapRecord(prepareTopic(config), plainRecord, hmacKey);
  return 'taken';
};

const configs = makeDoor({
  name: 'intake-config',
  casesPerRound: 200,
  cases: editedText,
  render: (one) => renderText(intakeTexts, one),
  enter: enterConfig,
});

export const intakeDoors: readonly Door[] = [records, configs];
