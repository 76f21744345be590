/** Does a value that JSON.parse gave nest deeper? Looks no deeper itself, so no input can exhaust the stack. */
export const nestsDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((member) => nestsDeeper(member, levels - 1)));
