import { topics as topicNames } from '@alo/contracts';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { textOf } from './compose-file.ts';

type Config = Readonly<Record<string, string>>;
type Topic = {
  readonly name: string;
  readonly holds: string;
  readonly partitions: number | 'journal';
  readonly restricted?: string;
  readonly config: Config;
};
type Topics = {
  readonly defaults: { readonly replicationFactor: number; readonly config: Config };
  readonly local: { readonly replicationFactor: number; readonly config: Config };
  readonly topics: readonly Topic[];
};

const text = { type: 'string', minLength: 1 };
const config = { type: 'object', additionalProperties: text, propertyNames: { pattern: '^[a-z]+(\\.[a-z]+)*$' } };
const exactly = (properties: object, optional: readonly string[] = []) => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((key) => !optional.includes(key)),
  additionalProperties: false,
});
const settings = exactly({ replicationFactor: { type: 'integer', minimum: 1 }, config });
const topic = exactly(
  {
    name: { type: 'string', pattern: '^alo(\\.[a-z-]+)+\\.v[1-9]$' },
    holds: text,
    partitions: { anyOf: [{ type: 'integer', minimum: 1 }, { const: 'journal' }] },
    restricted: text,
    config,
  },
  ['restricted'],
);
const schema = exactly({ defaults: settings, local: settings, topics: { type: 'array', items: topic } });

const file = JSON.parse(textOf('infra/kafka/topics.json')) as Topics;
const { defaults, local } = file;
const inForce = (name: string): Config => {
  const found = file.topics.find((topic) => topic.name === name)!;
  return { ...defaults.config, ...found.config };
};
const namesWhere = (fits: (topic: Topic) => boolean) => file.topics.filter(fits).map(({ name }) => name);
const dayMs = 86_400_000;

describe('infra/kafka/topics.json', () => {
  test('has the form that its README tells', () => {
    const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schema);
    validate(file);
    expect(validate.errors ?? []).toEqual([]);
  });

  test('describes every topic that alo knows, once, and no other', () => {
    expect(file.topics.map(({ name }) => name).sort()).toEqual(Object.values(topicNames).sort());
  });

  test('gives every topic the partitions of the journal', () => {
    expect(namesWhere(({ partitions }) => partitions !== 'journal')).toEqual([topicNames.journal]);
    expect(file.topics.find(({ name }) => name === topicNames.journal)?.partitions).toEqual(expect.any(Number));
  });

  test('has the broker stamp the journal, and keeps it more than a year', () => {
    expect(inForce(topicNames.journal)).toMatchObject({
      'message.timestamp.type': 'LogAppendTime',
      'cleanup.policy': 'delete',
    });
    expect(Number(inForce(topicNames.journal)['retention.ms'])).toBeGreaterThan(366 * dayMs);
  });

  test('compacts standing and receipts, and deletes nothing of them', () => {
    const compacted = namesWhere(({ name }) => inForce(name)['cleanup.policy'] === 'compact');
    expect(compacted.sort()).toEqual([topicNames.receipts, topicNames.standing].sort());
    expect(namesWhere(({ name }) => !/^(compact|delete)$/.test(inForce(name)['cleanup.policy'] ?? ''))).toEqual([]);
  });

  test('keeps everything else for a time that is written down', () => {
    const unlimited = namesWhere(
      ({ name }) => inForce(name)['cleanup.policy'] === 'delete' && !/^\d+$/.test(inForce(name)['retention.ms'] ?? ''),
    );
    expect(unlimited).toEqual([]);
  });

  test.each([topicNames.deadLetters, topicNames.intakeDeadLetters])('keeps %s for a week, with room', (name) => {
    expect(inForce(name)['retention.ms']).toBe(String(7 * dayMs));
    expect(Number(inForce(name)['max.message.bytes'])).toBeGreaterThan(2 * 1_048_588);
  });

  test('says of which topics few may read', () => {
    expect(namesWhere(({ restricted }) => restricted !== undefined).sort()).toEqual(
      [topicNames.compliance, topicNames.deadLetters, topicNames.intakeDeadLetters].sort(),
    );
  });

  test('survives the loss of a broker, but where there is only one', () => {
    expect(defaults.replicationFactor).toBeGreaterThan(Number(defaults.config['min.insync.replicas']));
    expect(Number(defaults.config['min.insync.replicas'])).toBeGreaterThan(1);
    expect(local).toEqual({ replicationFactor: 1, config: { 'min.insync.replicas': '1' } });
    expect(namesWhere(({ config }) => Object.keys(local.config).some((key) => key in config))).toEqual([]);
  });
});
