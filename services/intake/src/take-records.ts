import { InfrastructureError } from '@alo/runtime';
import type { JournalWriter, KeyedMessage, SourceRecord } from '@alo/runtime/live';
import { deadLetterOf } from './dead-letter.ts';
import { mapRecord } from './map-record.ts';
import type { SourceTopic } from './source-topic.ts';

export type Outcome = 'event' | 'dead-letter';

export type TakeOptions = {
  readonly topics: ReadonlyMap<string, SourceTopic>;
  readonly hmacKey: string;
  readonly journal: string;
  readonly deadLetters: string;
  readonly writer: Pick<JournalWriter, 'write'>;
  /** Told of records when what came of them is written. */
  readonly count: (topic: string, outcome: Outcome, records: readonly SourceRecord[]) => void;
};

type Sorted = {
  /** Each event with the record that it came from. */
  readonly events: Map<KeyedMessage, SourceRecord>;
  readonly letters: Map<KeyedMessage, SourceRecord>;
};

const sorted = (records: readonly SourceRecord[], { topics, hmacKey }: TakeOptions): Sorted => {
  const events: Sorted['events'] = new Map();
  const letters: Sorted['letters'] = new Map();
  for (const record of records) {
    const mapped = mapRecord(topics.get(record.topic) as SourceTopic, record, hmacKey);
    if (mapped.kind === 'event') events.set({ key: mapped.key, value: mapped.value }, record);
    else letters.set(deadLetterOf(record, mapped.reason), record);
  }
  return { events, letters };
};

const sizeOf = ({ value }: KeyedMessage): string => `${value?.length ?? 0} bytes`;

/** Nothing is passed over: a dead letter that is too large waits until its topic takes it. */
const writeLetters = async (letters: readonly KeyedMessage[], { writer, deadLetters }: TakeOptions): Promise<void> => {
  const [refused] = await writer.write(deadLetters, letters);
  if (!refused) return;
  throw new InfrastructureError(
    `${deadLetters} does not take the ${sizeOf(refused)} of ${refused.key}: raise its max.message.bytes`,
  );
};

const tooLarge = (message: KeyedMessage, record: SourceRecord, journal: string): KeyedMessage =>
  deadLetterOf(record, `${journal} takes no event of ${sizeOf(message)}`);

/**
 * Takes records of one partition: what is an event goes to the journal, in order, all else to the dead letters.
 * Rejects with InfrastructureError when not all of it is known to be written.
 */
export const takeRecords = async (records: readonly SourceRecord[], options: TakeOptions): Promise<void> => {
  const { events, letters } = sorted(records, options);
  await writeLetters([...letters.keys()], options);
  const refused = await options.writer.write(options.journal, [...events.keys()]);
  const large = new Map(
    refused.map((message) => {
      const record = events.get(message) as SourceRecord;
      return [tooLarge(message, record, options.journal), record];
    }),
  );
  await writeLetters([...large.keys()], options);
  for (const message of refused) events.delete(message);
  const [{ topic }] = records as [SourceRecord];
  options.count(topic, 'event', [...events.values()]);
  options.count(topic, 'dead-letter', [...letters.values(), ...large.values()]);
};
