import { createRequire } from 'node:module';
import { answerWithinMs, sendingOf } from './fetch.ts';

/** The client's writer and reader of bytes, as far as Kafka's newer forms ("flexible versions") need them. */
export type Written = {
  readonly writeInt16: (value: number) => Written;
  readonly writeInt32: (value: number) => Written;
  readonly writeInt64: (value: number) => Written;
  readonly writeBoolean: (value: boolean) => Written;
  readonly writeUVarInt: (value: number) => Written;
  readonly writeUVarIntString: (value: string) => Written;
  readonly writeUVarIntArray: (items: readonly Written[]) => Written;
  readonly writeEncoder: (written: Written) => Written;
};

export type Answer = {
  readonly readInt16: () => number;
  readonly readInt32: () => number;
  readonly readInt64: () => { readonly toString: () => string };
  readonly readUVarIntString: () => string | null;
  readonly readUVarIntArray: <Item>(read: (answer: Answer) => Item) => Item[] | null;
  readonly readTaggedFields: () => unknown;
};

const require = createRequire(import.meta.url);
const Encoder = require('kafkajs/src/protocol/encoder') as new () => Written;
const Decoder = require('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => Answer;

/** Every structure may end with fields that others do not know; alo writes none. */
const noTaggedFields = 0;

/** A structure of a request, with its end. */
export const struct = (write: (empty: Written) => Written): Written =>
  write(new Encoder()).writeUVarInt(noTaggedFields);

export const int32s = (values: readonly number[]): Written[] => values.map((value) => new Encoder().writeInt32(value));
export const int64s = (values: readonly number[]): Written[] => values.map((value) => new Encoder().writeInt64(value));

export const readInt64 = (answer: Answer): number => Number(answer.readInt64().toString());

/** A list of structures, each behind its fields. */
export const readStructs = <Item>(answer: Answer, read: (answer: Answer) => Item): Item[] =>
  answer.readUVarIntArray((one) => {
    const item = read(one);
    one.readTaggedFields();
    return item;
  }) ?? [];

export type FlexibleRequest<Found> = {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
  readonly body: Written;
  readonly read: (answer: Answer) => Found;
};

/**
 * Asks a broker what the client has no words for. The client writes the head of a request in its older form, to which
 * the newer one adds tagged fields; so does the head of the answer.
 */
export const askFlexibly = <Found>(
  broker: object,
  { apiKey, apiVersion, apiName, body, read }: FlexibleRequest<Found>,
): Promise<Found> =>
  sendingOf(broker).send({
    request: {
      apiKey,
      apiVersion,
      apiName,
      encode: async () => new Encoder().writeUVarInt(noTaggedFields).writeEncoder(body),
    },
    response: {
      decode: async (bytes: Buffer) => ({ clientSideThrottleTime: 0, bytes }),
      parse: async ({ bytes }: { readonly bytes: Buffer }) => {
        const answer = new Decoder(bytes);
        answer.readTaggedFields();
        return read(answer);
      },
    },
    requestTimeout: answerWithinMs,
  }) as Promise<Found>;
