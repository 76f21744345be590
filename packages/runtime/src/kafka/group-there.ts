import type { Kafka } from 'kafkajs';
import { ask } from './topics-there.ts';

/** A consumer group as its coordinator tells it: one that nobody ever joined is `Dead` and has no members. */
export type FoundGroup = { readonly state: string; readonly members: number };

export const describeGroup = (kafka: Kafka, groupId: string): Promise<FoundGroup> =>
  ask(kafka, async (admin) => {
    const { groups } = await admin.describeGroups([groupId]);
    return { state: groups[0]?.state ?? 'Dead', members: groups[0]?.members.length ?? 0 };
  });
