import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Command } from 'ioredis';
import { makePackedArguments } from './packed-arguments.ts';

/** What goes to Redis, as the arguments that it reads. */
const argumentsOf = (command: Command): string[] => {
  const parts: Buffer[] = [];
  const rest = command.toWritable({ write: (head: string) => parts.push(Buffer.from(head)) });
  const bytes = Buffer.concat([...parts, Buffer.from(rest as Buffer)]);
  const line = (from: number) => bytes.indexOf('\r\n', from);
  const count = Number(bytes.toString('latin1', 1, line(0)));
  const found: string[] = [];
  for (let at = line(0) + 2; at < bytes.length; ) {
    const start = line(at) + 2;
    const length = Number(bytes.toString('latin1', at + 1, line(at)));
    found.push(bytes.toString('hex', start, start + length));
    at = start + length + 2;
  }
  expect(found.length).toBe(count);
  return found;
};

const hex = (text: string | Uint8Array) => Buffer.from(text as string).toString('hex');

test('arguments go as they were given, in commands of at most 500 items', () => {
  const item = fc.record({
    name: fc.string({ unit: 'binary', maxLength: 12 }),
    value: fc.uint8Array({ maxLength: 30 }),
  });
  const prefix = Buffer.from('é:');
  const packed = makePackedArguments(2);
  fc.assert(
    fc.property(fc.array(item, { maxLength: 12 }), fc.nat(110), (some, times) => {
      packed.clear();
      const items = Array.from({ length: times }, () => some).flat();
      for (const { name, value } of items) {
        packed.add((writer) => {
          writer.text(prefix, name);
          writer.buffer().set(value, writer.room(value.length));
        });
      }
      const all = packed.commands('MSET', 'one', 'two').map(argumentsOf);
      const given = items.flatMap(({ name, value }) => [hex(`é:${name}`), hex(value)]);
      expect(all.length).toBe(Math.ceil(items.length / 500));
      for (const one of all) expect(one.slice(0, 3)).toEqual(['MSET', 'one', 'two'].map(hex));
      expect(all.flatMap((one) => one.slice(3)).join(' ')).toBe(given.join(' '));
    }),
    { numRuns: 15 },
  );
});

test('lengths of any number of digits are written whole', () => {
  const packed = makePackedArguments(1);
  const lengths = [0, 1, 9, 10, 11, 99, 100, 101, 999, 1000, 1001, 65_536, 100_000];
  for (const length of lengths) packed.add((writer) => writer.bytes(Buffer.alloc(length + 2, 1), 1, length + 1));
  const [command] = packed.commands('X') as [Command];
  expect(
    argumentsOf(command)
      .slice(1)
      .map((one) => one.length / 2),
  ).toEqual(lengths);
});
