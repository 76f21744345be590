/** Is the first a number that is not above the second? False where either is none: that was said already. */
export const atMost = (a: unknown, b: unknown): boolean => typeof a === 'number' && typeof b === 'number' && a <= b;
/** The same, and not equal. */
export const below = (a: unknown, b: unknown): boolean => atMost(a, b) && a !== b;
