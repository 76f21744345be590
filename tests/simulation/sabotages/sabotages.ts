import { sabotagesOfLog } from './of-log.ts';
import { sabotagesOfPartition } from './of-partition.ts';
import { sabotagesOfStates } from './of-states.ts';
import type { Sabotage } from './sabotage.ts';

/** Every safeguard without which something is lost, doubled, foreign, or stands still: each must be missed. */
export const sabotages: readonly Sabotage[] = [...sabotagesOfStates, ...sabotagesOfPartition, ...sabotagesOfLog];
