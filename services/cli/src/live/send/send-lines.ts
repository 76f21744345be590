import type { JournalWriter, KeyedMessage } from '@alo/runtime/live';
import type { Block } from '../../run/lines.ts';

/** What came of the lines: sent under their subject, sent without one, empty, and too large for the broker. */
export type Sent = {
  readonly sent: number;
  readonly withoutSubject: number;
  readonly empty: number;
  readonly tooLarge: number;
};

export const nothingSent: Sent = { sent: 0, withoutSubject: 0, empty: 0, tooLarge: 0 };

const batchMax = 1000;
const headers = { 'content-type': 'application/cloudevents+json; charset=UTF-8' };

/** The line's subject; undefined where it has none or is no JSON object, which is for who reads the topic to say. */
const subjectOf = (line: Buffer): string | undefined => {
  try {
    const { subject } = JSON.parse(line.toString('utf8')) as { subject?: unknown };
    return typeof subject === 'string' && subject !== '' ? subject : undefined;
  } catch {
    return undefined;
  }
};

const linesOf = ({ bytes, ends }: Block): Buffer[] =>
  ends.map((end, n) => bytes.subarray(n === 0 ? 0 : (ends[n - 1] as number) + 1, end));

const isEmpty = (line: Buffer): boolean => line.toString('latin1').trim() === '';

/** Sends lines, as they are, in batches of bounded size, each keyed by its subject; resolves when the broker has them. */
export const sendBlock = async (writer: JournalWriter, topic: string, block: Block, before: Sent): Promise<Sent> => {
  const lines = linesOf(block);
  const filled = lines.filter((line) => !isEmpty(line));
  const messages = filled.map((value): KeyedMessage => ({ key: subjectOf(value) ?? '', value, headers }));
  let tooLarge = 0;
  for (let from = 0; from < messages.length; from += batchMax) {
    tooLarge += (await writer.write(topic, messages.slice(from, from + batchMax))).length;
  }
  return {
    sent: before.sent + messages.length - tooLarge,
    withoutSubject: before.withoutSubject + messages.filter(({ key }) => key === '').length,
    empty: before.empty + lines.length - filled.length,
    tooLarge: before.tooLarge + tooLarge,
  };
};
