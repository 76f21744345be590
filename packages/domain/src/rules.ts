import { alertRule } from './care/alerts.ts';
import { promotionRule } from './care/promotions.ts';
import { qualityRule } from './care/quality.ts';
import { retentionRule } from './care/retention.ts';
import { standingRule } from './care/standing.ts';
import type { Rule } from './moment.ts';
import { tierRule } from './tiers/tier-rule.ts';
import { warningRule } from './tiers/warning-rule.ts';

/** Every rule, in the order in which outputs of one cause come: that of the topics' table. */
export const rules: readonly Rule[] = [
  tierRule,
  warningRule,
  qualityRule,
  promotionRule,
  alertRule,
  retentionRule,
  standingRule,
];
