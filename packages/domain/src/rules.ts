import { alertRule } from './care/alerts.ts';
import { promotionRule } from './care/promotions.ts';
import { qualityRule } from './care/quality.ts';
import { retentionRule } from './care/retention.ts';
import { standingRule } from './care/standing.ts';
import type { Rule } from './moment.ts';
import { cancelRule, heldRule, occasionRule, releaseRule } from './occasions/occasion-rules.ts';
import { graceRule } from './suspension/grace.ts';
import { reminderRule } from './suspension/reminders.ts';
import { requestRule } from './suspension/request-rule.ts';
import { skipExpiryRule } from './suspension/skip-expiry.ts';
import { tierRule } from './tiers/tier-rule.ts';
import { warningRule } from './tiers/warning-rule.ts';

/** Every rule, in the order in which outputs of one cause come: that of the topics' table. */
export const rules: readonly Rule[] = [
  tierRule,
  warningRule,
  occasionRule,
  releaseRule,
  cancelRule,
  requestRule,
  graceRule,
  reminderRule,
  skipExpiryRule,
  qualityRule,
  promotionRule,
  alertRule,
  retentionRule,
  heldRule,
  standingRule,
];
