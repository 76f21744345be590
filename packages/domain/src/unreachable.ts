/** Ends a switch over a union: a new member breaks the compile here until it is handled. */
export const unreachable = (value: never): never => {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
};
