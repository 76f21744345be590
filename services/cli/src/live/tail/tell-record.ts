import { decodeBinary, decodeLine, outputSchemas, type Trigger, topics } from '@alo/contracts';
import type { TailedRecord } from '@alo/runtime/live';
import { tellTrigger } from '../../tell-trigger.ts';

type Spoken = Readonly<Record<string, unknown>> & { readonly type?: unknown };

/** The trigger in a record; undefined where it is none that this alo knows. */
const triggerIn = ({ record: { headers, value } }: TailedRecord): Trigger | undefined => {
  const spoken = decodeBinary({ headers, value }) as Spoken | undefined;
  const type = String(spoken?.type);
  const schema = Object.hasOwn(outputSchemas, type) ? outputSchemas[type as keyof typeof outputSchemas] : undefined;
  return schema?.safeParse(spoken).success ? (spoken as unknown as Trigger) : undefined;
};

const placeOf = ({ topic, partition, record }: TailedRecord) =>
  `${topic}, partition ${partition}, offset ${record.offset}`;

const headerOf = ({ record: { headers } }: TailedRecord, name: string): string => {
  const value = headers[name];
  return String((Array.isArray(value) ? value[0] : value) ?? '');
};

const isDeadLetter = ({ topic }: TailedRecord) => topic.endsWith(topics.deadLetters);

/** A refusal: which record of the journal it is about, and why it was not taken. */
const refusalIn = (tailed: TailedRecord) => ({
  code: headerOf(tailed, 'code'),
  message: headerOf(tailed, 'message'),
  partition: Number(headerOf(tailed, 'partition')),
  offset: Number(headerOf(tailed, 'offset')),
});

const wholeOf = ({ record: { value } }: TailedRecord) => {
  if (value === null) return {};
  const text = decodeLine(value);
  return text === undefined ? { base64: value.toString('base64') } : { text };
};

/** A record as a sentence. */
export const asSentence = (tailed: TailedRecord): string => {
  if (isDeadLetter(tailed)) {
    const { code, message, partition, offset } = refusalIn(tailed);
    return `refused ${code}  offset ${offset} of partition ${partition}: ${message}`;
  }
  const trigger = triggerIn(tailed);
  return trigger ? tellTrigger(trigger) : `${placeOf(tailed)} holds no trigger that this alo knows`;
};

/** In the order of `alo run`, so that the same trigger is the same line. */
const structured = ({ datacontenttype, traceparent, expirytime, data, ...head }: Spoken) => ({
  ...head,
  datacontenttype,
  ...(traceparent !== undefined && { traceparent }),
  data,
  ...(expirytime !== undefined && { expirytime }),
});

/** A record as one line of JSON: a trigger as a structured CloudEvent, a refusal with the record that was refused. */
export const asJson = (tailed: TailedRecord): string => {
  if (isDeadLetter(tailed)) return JSON.stringify({ ...refusalIn(tailed), ...wholeOf(tailed) });
  const { headers, value } = tailed.record;
  const spoken = decodeBinary({ headers, value });
  return JSON.stringify(spoken ? structured(spoken) : { unknown: placeOf(tailed) });
};
