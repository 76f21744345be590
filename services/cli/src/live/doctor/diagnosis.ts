import type { BoundedPart, FoundBroker, FoundGroup, RedisDescription } from '@alo/runtime/live';
import type { Difference } from '../topics/topic-differences.ts';
import type { PartitionReport } from './partition-report.ts';
import type { Problem } from './problem.ts';
import type { ZoneData } from './zone-data.ts';

/** What was found, as far as there was an answer. */
export type Diagnosis = {
  readonly brokers?: readonly FoundBroker[];
  readonly topics?: { readonly wanted: number; readonly differences: readonly Difference[] };
  readonly hanging?: readonly BoundedPart[];
  readonly engines?: FoundGroup & { readonly groupId: string };
  readonly redis?: RedisDescription;
  readonly zoneData: ZoneData;
  readonly partitions?: readonly PartitionReport[];
  readonly problems: readonly Problem[];
  /** What does not answer, in a sentence each. */
  readonly unreachable: readonly string[];
};
