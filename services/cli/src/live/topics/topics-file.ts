import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { explain, foundAt, pathOf, printable, shown } from '@alo/contracts';
import { WrongUse } from '@alo/runtime';
import * as z from 'zod';

/** Where the topics of this alo are described. */
export const topicsFile = join(import.meta.dirname, '../../../../../infra/kafka/topics.json');

/** What is quoted is not alo's own. */
const reasonLengthMax = 200;

const strict = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `has keys that nobody knows: ${printable((issue as { keys: string[] }).keys.join(', '), reasonLengthMax)}`
        : undefined,
  });

const config = z.record(z.string(), z.string('must be a text, as Kafka writes it'));
const count = z.int().min(1, 'must be at least 1');
const settings = strict({ replicationFactor: count, config });
const topic = strict({
  name: z.string().min(1, 'must not be empty'),
  holds: z.string().optional(),
  partitions: z.union([count, z.literal('journal')], 'must be a whole number from 1 on, or "journal"'),
  restricted: z.string().optional(),
  config: config.optional(),
});

/** All topics, as infra/kafka/README.md says: `local` replaces `defaults` where there is one broker. */
const schema = strict({ defaults: settings, local: settings, topics: z.array(topic).min(1, 'must name a topic') });

export type TopicsFile = z.output<typeof schema>;

const journal = 'alo.journal.v1';

/** What topics must say of each other. */
const relations = ({ topics }: TopicsFile): string[] => {
  const names = topics.map(({ name }) => name);
  const repeated = new Set(names.filter((name, n) => names.indexOf(name) !== n));
  const counted = topics.find(({ name }) => name === journal)?.partitions;
  return [
    ...[...repeated].map((name) => `topics names ${name} twice`),
    ...(typeof counted === 'number' ? [] : [`topics must have ${journal} with a number of partitions`]),
  ];
};

const problemsOf = (given: unknown): string[] => {
  const parsed = schema.safeParse(given);
  if (parsed.success) return relations(parsed.data);
  return parsed.error.issues.map(
    (issue) => `${pathOf(issue.path) || 'it'} ${explain(issue)}: ${shown(foundAt(given, issue))}`,
  );
};

/** Reads the description of the topics. Rejects with WrongUse that names every problem. */
export const readTopicsFile = async (path: string): Promise<TopicsFile> => {
  const name = relative(process.cwd(), path);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new WrongUse(
      `--file ${name} cannot be read: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}`,
    );
  });
  const given = parsed(text, name);
  const problems = problemsOf(given);
  if (problems.length === 0) return given as TopicsFile;
  throw new WrongUse([`--file ${name} is no description of topics:`, ...problems.map((one) => `  ${one}`)].join('\n'));
};

const parsed = (text: string, name: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new WrongUse(`--file ${name} is not JSON: ${printable((error as Error).message, reasonLengthMax)}`);
  }
};
