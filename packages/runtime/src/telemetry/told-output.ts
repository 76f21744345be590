import type { Because } from '@alo/contracts';
import type { Published } from '../ports.ts';

export type PublishedTrigger = Extract<Published, { kind: 'trigger' }>;

/** What is looked at in the CloudEvent of a trigger. Of who has left there is no data, and so no cause. */
export type TriggerEvent = {
  readonly type: string;
  readonly traceparent?: string;
  readonly data?: { readonly because?: Pick<Because, 'cause'> } | null;
};

/** An output, and what its text says where it is a trigger. */
export type ToldOutput =
  | { readonly output: PublishedTrigger; readonly event: TriggerEvent }
  | { readonly output: Extract<Published, { kind: 'dead-letter' }>; readonly event: undefined };

export const toldOutput = (output: Published): ToldOutput =>
  output.kind === 'trigger' ? { output, event: JSON.parse(output.text) } : { output, event: undefined };

/** The same trigger as part of another trace. Its trace stands where the fold puts it: in front of the data. */
export const tracedBy = (output: PublishedTrigger, event: TriggerEvent, traceparent: string): PublishedTrigger => {
  const { data, traceparent: _, ...attributes } = event;
  return { ...output, text: JSON.stringify({ ...attributes, traceparent, data }) };
};
