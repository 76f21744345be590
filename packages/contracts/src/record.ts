import * as z from 'zod';

const object = z.unknown().superRefine((value, context) => {
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__')) {
    context.addIssue({ code: 'custom', path: ['__proto__'], message: 'must not be a key' });
  }
});

/** A record of free keys. JSON.parse makes `__proto__` an own key, which zod's record alone would lose without a word. */
export const recordOf = <Key extends z.ZodType<string>, Value extends z.ZodType>(key: Key, value: Value) =>
  object.pipe(z.record(key, value));
