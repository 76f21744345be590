import { type EventData, formatInstant } from '@alo/contracts';
import { type Moment, makeTrigger, type Ruling } from '../moment.ts';
import { type Answer, answerTo } from './answer.ts';
import { type SuspensionState, withAnswered, withSkip } from './suspension-state.ts';

type Request = EventData<'suspension.requested'>;
type Skipped = Extract<Answer, { kind: 'skipped' }>;

/** Requests to suspend, SPEC section 6: each is answered in the same step, whoever it is about. */
export const requestRule = (moment: Moment): Ruling => {
  const { cause, state } = moment;
  if (cause.kind !== 'event' || cause.event.name !== 'suspension.requested') return undefined;
  const request = cause.event.data;
  const answer = answerTo(request, moment);
  const answered = withAnswered(state.suspension, request.requestId);
  const suspension = answer.kind === 'skipped' ? afterSkip(answered, answer, request) : answered;
  const trigger =
    answer.kind === 'skipped' ? skipped(moment, request, answer, suspension) : allowed(moment, request, answer);
  return { state: state.phase === 'erased' ? state : { ...state, suspension }, triggers: [trigger] };
};

const afterSkip = (
  state: SuspensionState,
  { counts, owed, validUntil }: Skipped,
  { requestId, reason }: Request,
): SuspensionState => {
  if (!counts) return state;
  return withSkip(state, owed, validUntil === undefined ? undefined : { requestId, reason, until: validUntil });
};

const skipped = (moment: Moment, { requestId, reason }: Request, { validUntil }: Skipped, { skips }: SuspensionState) =>
  makeTrigger(moment, 'suspension.skipped', { rule: 'suspension' }, [requestId], {
    requestId,
    reason,
    ...(validUntil !== undefined && { validUntil: formatInstant(validUntil) }),
    skips,
  });

const allowed = (moment: Moment, { requestId }: Request, { reason, figures }: Extract<Answer, { kind: 'allowed' }>) =>
  makeTrigger(moment, 'suspension.allowed', { rule: 'suspension', ...figures }, [requestId], { requestId, reason });
