import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Kafka, Message, TopicMessages } from 'kafkajs';
import type { Chance } from '../simulation/seeded.ts';

const aloProgram = join(import.meta.dirname, '../../services/cli/bin/alo.js');

/** What an operator's systems write, each in a form of its own: what becomes of it, intake is told. */
export const sourceNames = {
  usage: 'operator.usage.v1',
  calls: 'operator.calls.v1',
  life: 'operator.life.v1',
} as const;

const usage = ['alo.usage.charged.v1', 'alo.usage.adjusted.v1'];
const life = [
  ...['invoice.issued', 'invoice.adjusted', 'payment.received', 'payment.reversed', 'suspension.requested'],
  ...['subscriber.opened', 'subscriber.updated', 'subscriber.listed', 'subscriber.delisted', 'subscriber.closed'],
  ...['subscriber.erased', 'quality.reported', 'trigger.acknowledged'],
].map((name) => `alo.${name}.v1`);

/** `intake.json` for the three topics: events as they are, calls of a switch to be mapped, events by their headers. */
export const intakeConfig = (prefix: string) => ({
  topics: {
    [`${prefix}${sourceNames.usage}`]: { format: 'cloudevents-structured', types: usage },
    [`${prefix}${sourceNames.calls}`]: {
      format: 'json',
      types: ['alo.usage.charged.v1'],
      subject: { pointer: '/who' },
      fields: {
        source: { constant: '/switch/calls' },
        id: { pointer: '/number' },
        time: { pointer: '/at' },
        'data.amount': { pointer: '/thousandths', factor: '1/1000' },
        'data.currency': { constant: 'VND' },
        'data.service': { pointer: '/service' },
      },
    },
    [`${prefix}${sourceNames.life}`]: { format: 'cloudevents-binary', types: life },
  },
});

type Event = {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly data: Readonly<Record<string, unknown>>;
};

const structured = (line: string, key: string | null): Message => ({ key, value: line });

const asCall = ({ id, subject, time, data }: Event): Message => ({
  key: subject,
  value: JSON.stringify({
    who: subject,
    number: id,
    at: time,
    thousandths: Number(data.amount) * 1000,
    service: data.service,
  }),
});

const binary = ({ id, source, type, subject, time, data }: Event): Message => ({
  key: subject,
  headers: {
    ce_specversion: '1.0',
    ce_id: id,
    ce_source: source,
    ce_type: type,
    ce_subject: subject,
    ce_time: time,
    'content-type': 'application/json',
  },
  value: JSON.stringify(data),
});

const eventIn = (line: string): Event | undefined => {
  try {
    const event = JSON.parse(line) as Partial<Event> | null;
    return typeof event?.subject === 'string' && typeof event.type === 'string' ? (event as Event) : undefined;
  } catch {
    return undefined;
  }
};

/** The charges of every third subscriber come from a switch. */
const isCall = ({ type, subject, data }: Event): boolean =>
  type === 'alo.usage.charged.v1' &&
  Number.isInteger(data?.amount) &&
  (createHash('md5').update(subject).digest()[0] as number) % 3 === 0;

/** Where a line of the simulated life goes, and as what: what is broken goes as it is. */
const addressed = (line: string): { readonly topic: string; readonly message: Message } => {
  const event = eventIn(line);
  if (!event) return { topic: sourceNames.usage, message: structured(line, null) };
  if (isCall(event)) return { topic: sourceNames.calls, message: asCall(event) };
  if (usage.includes(event.type)) return { topic: sourceNames.usage, message: structured(line, event.subject) };
  return { topic: sourceNames.life, message: binary(event) };
};

const listed = (subject: string, n: number, seconds: number): Event => ({
  id: `l-${n}`,
  source: '/chaos/crm',
  type: 'alo.subscriber.listed.v1',
  subject,
  time: new Date().toISOString(),
  data: {
    list: 'official',
    validFrom: '2026-01-01T00:00:00Z',
    validTo: new Date(Date.now() + seconds * 1000).toISOString(),
    requestedBy: 'lan',
    approvedBy: 'minh',
  },
});

const suspension = (subject: string, n: number): Event => ({
  id: `x-${n}`,
  source: '/chaos/billing',
  type: 'alo.suspension.requested.v1',
  subject,
  time: new Date().toISOString(),
  data: { requestId: `r-${n}`, stage: n % 2 === 0 ? 'outgoing' : 'both', reason: 'debt' },
});

const daysLived = 30;
const eventsPerSubscriber = 31;
const brokenShare = 0.004;

export type Load = {
  readonly kafka: Kafka;
  readonly prefix: string;
  readonly seed: number;
  readonly chance: Chance;
  readonly perSecond: number;
  readonly seconds: number;
};

/** A carrier's life up to yesterday: events, some twice, some late, some broken. */
const livedLines = ({ seed, perSecond, seconds }: Load) => {
  const subscribers = Math.max(50, Math.ceil((perSecond * seconds) / eventsPerSubscriber));
  const start = `${new Date(Date.now() - daysLived * 86_400_000).toISOString().slice(0, 10)}T00:00:00+07:00`;
  const args = ['simulate', '--subscribers', `${subscribers}`, '--days', `${daysLived}`, '--start', start];
  const child = spawn(process.execPath, [aloProgram, ...args, '--seed', `${seed}`, '--broken', `${brokenShare}`], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() };
};

const batchMs = 100;

/** Writes to the operator's topics as a load of so many events a second, whatever befalls the brokers. */
export const startLoad = (load: Load) => {
  const { kafka, prefix, chance, perSecond } = load;
  const producer = kafka.producer({ allowAutoTopicCreation: false, retry: { retries: 8 } });
  const { child, lines } = livedLines(load);
  let isStopping = false;
  let sent = 0;
  let made = 0;

  const own = (subject: string): Event[] => {
    made += 1;
    if (chance.happens(0.01)) return [listed(subject, made, chance.between(1, 40))];
    return chance.happens(0.004) ? [suspension(subject, made)] : [];
  };

  const next = async (count: number): Promise<TopicMessages[]> => {
    const batch = new Map<string, Message[]>();
    for (let n = 0; n < count; n += 1) {
      const { value: line, done } = await lines.next();
      if (done) break;
      const event = eventIn(line);
      for (const { topic, message } of [
        addressed(line),
        ...(event ? own(event.subject) : []).map((more) => ({ topic: sourceNames.life, message: binary(more) })),
      ]) {
        batch.set(topic, [...(batch.get(topic) ?? []), message]);
      }
    }
    return [...batch].map(([topic, messages]) => ({ topic: `${prefix}${topic}`, messages }));
  };

  /** What was not acknowledged is sent again, and may then lie there twice. */
  const deliver = async (topicMessages: TopicMessages[]) => {
    while (true) {
      try {
        await producer.sendBatch({ topicMessages, acks: -1, timeout: 5000 });
        return;
      } catch {
        await delay(200);
      }
    }
  };

  const run = async () => {
    await producer.connect();
    const startedMs = Date.now();
    while (!isStopping) {
      const due = Math.floor(((Date.now() - startedMs) / 1000) * perSecond) - sent;
      // After an outage the load comes as it piled up, but not all at once.
      const batch = due > 0 ? await next(Math.min(due, perSecond)) : [];
      if (batch.length > 0) await deliver(batch);
      sent += batch.reduce((sum, { messages }) => sum + messages.length, 0);
      await delay(batchMs);
    }
    await producer.disconnect();
    child.kill('SIGKILL');
  };
  const running = run();

  return {
    sent: () => sent,
    /** Resolves when all that was begun is acknowledged. */
    stop: (): Promise<void> => {
      isStopping = true;
      return running;
    },
  };
};
