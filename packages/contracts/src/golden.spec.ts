import { describe, expect, test } from '@jest/globals';
import { goldenMessages, goldenOf } from './golden-messages.ts';
import { checkPolicy, eventNames, eventType, outputNames, outputSchemas, readText } from './index.ts';

const eventTypes: string[] = eventNames.map(eventType);
const outputTypes: string[] = outputNames.map((name) => `alo.${name}.v1`);
const events = goldenMessages.filter(({ message }) => eventTypes.includes(message.type));
const outputs = goldenMessages.filter(({ message }) => outputTypes.includes(message.type));

describe('golden messages', () => {
  test.each([...eventTypes, ...outputTypes])('there is one of %s', (type) => {
    expect(goldenMessages.map(({ message }) => message.type)).toContain(type);
  });

  test('are all of a type that alo still knows', () => {
    expect([...events, ...outputs].toSorted((a, b) => (a.file < b.file ? -1 : 1))).toEqual(goldenMessages);
  });

  test.each(goldenMessages)('$file is named by its type', ({ file, message }) => {
    expect(file.replace(/^v\d+\//, '')).toMatch(
      new RegExp(`^${message.type.replaceAll('.', '\\.')}(\\.[a-z-]+)?\\.json$`),
    );
  });

  test.each(events)('$file is an event that is taken', ({ text, message }) => {
    expect(readText(text)).toMatchObject({ kind: 'event', event: { type: message.type, id: message.id } });
  });

  test.each(outputs)('$file is an output, and holds nothing that its schema does not know', ({ message }) => {
    expect(outputSchemas[message.type as keyof typeof outputSchemas].parse(message)).toEqual(message);
  });

  test('the policy in them is right', () => {
    expect(checkPolicy(goldenOf('alo.policy.activated.v1').message.data.policy)).toMatchObject({ ok: true });
  });
});
