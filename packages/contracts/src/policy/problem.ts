import { shown } from '../explain.ts';

/** One thing that is wrong with a policy: where, what would be right, and what stands there. */
export type Problem = { readonly path: string; readonly message: string };

/** A problem; with what was found there, if the message does not say so itself. */
export const problem = (path: string, message: string, ...found: [value?: unknown]): Problem => {
  if (found.length === 0) return { path, message };
  return { path, message: `${message}; it is ${shown(found[0])}` };
};
