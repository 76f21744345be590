import * as z from 'zod';

/** A text of data: not empty, and proper Unicode, so that it can be written as UTF-8 and into an id. */
export const text = z
  .string()
  .min(1, 'must not be empty')
  .refine((value) => value.isWellFormed(), { error: 'must be proper Unicode (it has a lone surrogate)' });

// biome-ignore lint/suspicious/noControlCharactersInRegex: CloudEvents 1.0 forbids exactly these, and lone surrogates
const forbidden = /[\u0000-\u001f\u007f-\u009f\p{Noncharacter_Code_Point}]/u;

/** A CloudEvents attribute: a text without control characters and what Unicode says is no character. */
export const attribute = text
  .refine((value) => !forbidden.test(value), { error: 'must not hold control characters or noncharacters' })
  .meta({ pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]*$' });

const attributeLengthMax = 1024;
const textLengthMax = 4096;
const atMost = (length: number) => `must have at most ${length} characters`;

/** An attribute of an event: what outputs are named by must fit into a message. */
export const eventAttribute = attribute.max(attributeLengthMax, atMost(attributeLengthMax));

/** A text in the data of an event, as long as that an output with some of them fits into a message. */
export const eventText = text.max(textLengthMax, atMost(textLengthMax));
