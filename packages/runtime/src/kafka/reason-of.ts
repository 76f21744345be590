type KafkaError = { readonly message?: string; readonly type?: string; readonly cause?: unknown };

const causesMax = 10;

/** An error of the client and what it was made of, the outermost first. */
const chainOf = (error: unknown): KafkaError[] => {
  const chain: KafkaError[] = [];
  for (
    let at = error;
    typeof at === 'object' && at !== null && chain.length < causesMax;
    at = (at as KafkaError).cause
  ) {
    if (chain.includes(at)) break;
    chain.push(at);
  }
  return chain;
};

/** What went wrong, in the broker's own words where it has said any: one line. */
export const reasonOf = (error: unknown): string => {
  const chain = chainOf(error);
  const told = chain.find(({ type }) => type !== undefined) ?? chain.at(-1);
  return (told?.message || String(error)).replace(/\s+/g, ' ');
};

const tooLarge = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);

/** Whether the broker refused a batch for its size. */
export const isTooLarge = (error: unknown): boolean => chainOf(error).some(({ type }) => tooLarge.has(type ?? ''));
