import type { Moment } from '../moment.ts';
import { isListed } from '../tiers/listings.ts';
import type { ProtectRule } from './suspension-rules.ts';

/** The first `protect` rule that matches now. Where one names both a list and a tier, both must hold. */
export const protectingRule = ({ policy, state, at }: Moment): ProtectRule | undefined =>
  policy.suspension.protect.find(
    ({ list, minRank }) => (state.tier?.effective ?? 0) >= minRank && (list === undefined || isListed(state, list, at)),
  );
