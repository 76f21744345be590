import type { Kafka } from 'kafkajs';
import { InfrastructureError } from '../errors.ts';
import { type Bounds, onceLed, openCluster } from './cluster.ts';
import { keyOf, type Led, leadersOf, offsetsOf, type Part } from './led-partitions.ts';
import { reasonOf } from './reason-of.ts';

/** A partition, and where it begins and ends. Where `stable` is below `end`, a transaction is open. */
export type BoundedPart = Part & Bounds;

const boundsOf = async (led: Led<Part>): Promise<BoundedPart[]> => {
  const first = await offsetsOf(led, 'first');
  // What is committed is asked for first: asked for later, it could be past an end that was read before.
  const stable = await offsetsOf(led, 'stable');
  const end = await offsetsOf(led, 'end');
  return led.parts.map((part) => {
    const key = keyOf(part);
    return {
      ...part,
      first: first.get(key) as number,
      stable: stable.get(key) as number,
      end: end.get(key) as number,
    };
  });
};

/** Where all partitions of topics that are there begin and end. Rejects with InfrastructureError. */
export const partitionBounds = async (kafka: Kafka, topics: readonly string[]): Promise<BoundedPart[]> => {
  const cluster = openCluster(kafka);
  try {
    const bounded = await onceLed(async () => Promise.all((await leadersOf(cluster, topics)).map(boundsOf)));
    return bounded
      .flat()
      .sort((a, b) => topics.indexOf(a.topic) - topics.indexOf(b.topic) || a.partition - b.partition);
  } catch (error) {
    throw new InfrastructureError(`Kafka does not answer: ${reasonOf(error)}`);
  } finally {
    await cluster.disconnect().catch(() => undefined);
  }
};
