import { InfrastructureError, WrongUse } from '@alo/runtime';
import { missingTopics, openJournalWriter } from '@alo/runtime/live';
import { openEventSource } from '../../run/event-source.ts';
import type { Interruption } from '../../run/interruption.ts';
import { paced } from '../../run/paced.ts';
import type { Kafka } from '../kafka.ts';
import { nothingSent, type Sent, sendBlock } from './send-lines.ts';

export type SendWish = {
  readonly topic: string;
  /** A file of events, one a line; `-` for standard input. */
  readonly events: string;
  readonly interruption: Interruption;
  readonly onProgress: (sent: Sent, bytes: { readonly done: number; readonly of: number | undefined }) => void;
};

/** Sends a file of events, or standard input, to one topic, until it ends or a stop is asked for. */
export const send = async (kafka: Kafka, { topic, events, interruption, onProgress }: SendWish): Promise<Sent> => {
  const source = await openEventSource(events);
  if ((await missingTopics(kafka, [topic])).length > 0) throw new WrongUse(`there is no topic ${topic}`);
  const writer = await openJournalWriter(kafka, [topic]);
  let sent = nothingSent;
  let done = 0;
  try {
    for await (const block of paced(source.blocks(), interruption)) {
      sent = await sendBlock(writer, topic, block, sent);
      done += block.bytes.length;
      onProgress(sent, { done, of: source.bytes });
    }
  } catch (error) {
    if (!(error instanceof InfrastructureError)) throw error;
    throw new InfrastructureError(`${error.message}; ${sent.sent} events were sent before that`);
  } finally {
    // Who feeds it may go on for ever.
    if (events === '-') process.stdin.destroy();
    await writer.close().catch(() => undefined);
  }
  return sent;
};
