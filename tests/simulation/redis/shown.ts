import { readStored } from '../../../packages/runtime/src/redis/stored-value.ts';
import type { Keyspace } from './keyspace.ts';

const ofHeader = (text: string): string => {
  const { offset, step, count, rearmedUpTo, isUnverified } = JSON.parse(text);
  const rearmed = rearmedUpTo === undefined ? '' : `, re-armed up to '${rearmedUpTo}'`;
  return `R ${offset}/${step}, ${count} said${rearmed}${isUnverified ? ', unverified' : ''}`;
};

const ofValue = (name: string, bytes: Buffer, score: number | undefined): string => {
  const { value, dueAt, standsAt } = readStored(bytes) ?? { value: bytes };
  const due = `${dueAt ?? 'never'}${score === dueAt ? '' : ` (index: ${score ?? 'never'})`}`;
  return `${name} at ${standsAt} due ${due} [${value.length < 9 ? [...value] : value.length}]`;
};

/** What a Redis holds, in a line of the trace for each partition. */
export const shownHeld = ({ strings, sortedSets }: Keyspace): readonly string[] =>
  [...strings].flatMap(([key, text]) => {
    if (!key.endsWith(':header')) return [];
    const place = key.slice(0, -'header'.length);
    const due = sortedSets.get(`${place}due`);
    const values = [...strings]
      .filter(([name]) => name.startsWith(`${place}s:`))
      .map(([name, bytes]) => [name.slice(place.length + 2), bytes] as const)
      .map(([name, bytes]) => ofValue(name, bytes, due?.get(name)));
    return [[`holds ${ofHeader(String(text))}`, ...values.sort()].join('; ')];
  });
