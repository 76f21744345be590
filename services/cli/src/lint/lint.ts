import type { Policy } from '@alo/contracts';
import type { Advice, LintRule } from './advice.ts';
import { earlyReview } from './early-review.ts';
import { flappingTier } from './flapping-tier.ts';
import { idleList } from './idle-list.ts';
import { lateWarning } from './late-warning.ts';
import { longWarning } from './long-warning.ts';
import { lowBand } from './low-band.ts';
import { sameHour } from './same-hour.ts';

const rules: readonly LintRule[] = [earlyReview, longWarning, lateWarning, flappingTier, idleList, sameHour, lowBand];

/** All that is legal and yet unwise in a policy, each with its reason. */
export const lintPolicy = (policy: Policy): readonly Advice[] => rules.flatMap((rule) => rule(policy));
