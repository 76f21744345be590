import { eventNames, eventType, outputNames } from '@alo/contracts';
import { goldenMessages } from '../../../packages/contracts/src/golden-messages.ts';

const eventTypes: readonly string[] = eventNames.map(eventType);
const outputTypes: readonly string[] = outputNames.map((name) => `alo.${name}.v1`);

const textsOf = (types: readonly string[]): string[] =>
  goldenMessages.filter(({ message }) => types.includes(message.type)).map(({ text }) => text);

/** Every golden message that comes in, on one line as a journal has it. */
export const eventTexts: readonly string[] = textsOf(eventTypes).map((text) => JSON.stringify(JSON.parse(text)));

/** Every golden message that goes out. */
export const triggerTexts: readonly string[] = textsOf(outputTypes);
