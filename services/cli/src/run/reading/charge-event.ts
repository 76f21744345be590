import type { AloEvent, EventData, Incoming, Instant } from '@alo/contracts';
import type { Identity } from '@alo/domain/identity';
import { type Columns, identityBytes, nameBytes } from './columns.ts';

type Charge = AloEvent<'usage.charged'>;

/** The charges of a block: their columns, and how a whole line is read where these do not tell something. */
export type Charges = {
  readonly columns: Columns;
  readonly identities: Buffer;
  readonly whole: (line: number) => Incoming;
};

const wholeCharge = ({ whole }: Charges, n: number): Charge => {
  const line = whole(n);
  if (line.kind !== 'event' || line.event.name !== 'usage.charged') throw new Error('a charge is none when read again');
  return line.event;
};

/** A charge as its columns tell it. What they do not tell is read from its line when it is asked for. */
export class ChargeEvent implements Charge {
  readonly name = 'usage.charged';
  readonly type = 'alo.usage.charged.v1';
  readonly subject: string;
  readonly occurredAt: Instant;
  readonly data: ChargeData;
  readonly #charges: Charges;
  readonly #n: number;

  constructor(charges: Charges, n: number) {
    this.subject = charges.columns.subjects[n] as string;
    this.occurredAt = charges.columns.occurredAt[n] as number;
    this.data = new ChargeData(charges, n);
    this.#charges = charges;
    this.#n = n;
  }

  get identity(): Identity {
    const at = this.#n * identityBytes;
    const { identities } = this.#charges;
    return {
      name: identities.toString('latin1', at, at + nameBytes),
      content: identities.toString('latin1', at + nameBytes, at + identityBytes),
    };
  }
  get source(): string {
    return wholeCharge(this.#charges, this.#n).source;
  }
  get id(): string {
    return wholeCharge(this.#charges, this.#n).id;
  }
  get rawData(): unknown {
    return wholeCharge(this.#charges, this.#n).rawData;
  }
  get traceparent(): string | undefined {
    return wholeCharge(this.#charges, this.#n).traceparent;
  }
}

class ChargeData implements EventData<'usage.charged'> {
  readonly amount: number;
  readonly currency: string;
  readonly #charges: Charges;
  readonly #n: number;

  constructor(charges: Charges, n: number) {
    const { amounts, currencyOf, currencies } = charges.columns;
    this.amount = amounts[n] as number;
    this.currency = currencies[currencyOf[n] as number] as string;
    this.#charges = charges;
    this.#n = n;
  }

  get service(): EventData<'usage.charged'>['service'] {
    return wholeCharge(this.#charges, this.#n).data.service;
  }
  get line(): string | undefined {
    return wholeCharge(this.#charges, this.#n).data.line;
  }
}
