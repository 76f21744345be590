import * as z from 'zod';
import { PartitionStopped } from '../errors.ts';
import type { Applied } from '../ports.ts';
import { appliedForm } from '../receipt-form.ts';

/** How a partition lies in Redis. Whoever changes a key or a value of it raises this. */
const format = 'alo.states.v1';

const stored = appliedForm.extend({ format: z.literal(format) });

/** R as text, with the format of all that stands beside it. */
export const encodeApplied = (applied: Applied): string => JSON.stringify({ format, ...applied });

/** Reads R. Throws PartitionStopped, naming the key, where it is another program's, or of another format. */
export const decodeApplied = (key: string, text: string): Applied => {
  const parsed = stored.safeParse(jsonOf(text));
  if (!parsed.success) throw new PartitionStopped(`the Redis key ${key} ${foreignness(jsonOf(text))}`);
  const { format: _, ...applied } = parsed.data;
  return applied as Applied;
};

const foreignness = (json: unknown): string => {
  const found = (json as { format?: unknown } | null | undefined)?.format;
  return typeof found === 'string' && found !== format && /^alo\.states\.v\d{1,6}$/.test(found)
    ? `holds states of the format ${found}, and this alo reads ${format}: run the alo that wrote them, or give another REDIS_KEY_PREFIX`
    : 'was not written by alo: give another REDIS_KEY_PREFIX';
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
