import type { Policy } from '@alo/contracts';

/** What is legal and yet unwise: where, by which rule, and the reason. */
export type Advice = { readonly rule: string; readonly path: string; readonly message: string };

/** Looks at a policy for one thing that is unwise. */
export type LintRule = (policy: Policy) => readonly Advice[];
