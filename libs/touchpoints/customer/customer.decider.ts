import type { DecideContext, Decider, Decision, NewEvent, Rejection } from '@touchline/core';
import { accept, acceptUnless, identityFault, refuse, rule } from '@touchline/core';
import type { CorrectionRejection } from '../correction.rules.js';
import { checkCorrection } from '../correction.rules.js';
import type { ConsentGiven, ConsentWithdrawn, CustomerErased } from './customer.events.js';
import type { CustomerDetailsChanged, CustomerEvent, CustomerIdentified, CustomerIdentifierRemoved } from './customer.events.js';
import type { CustomerRegistered } from './customer.events.js';
import type { CustomerStanding } from './customer.fold.js';
import { customerFold } from './customer.fold.js';

type Act =
  | { kind: 'register'; details: CustomerRegistered; identifiers: readonly CustomerIdentified[] }
  | { kind: 'change-details'; changes: CustomerDetailsChanged; corrects?: string }
  | { kind: 'identify'; identifiers: readonly CustomerIdentified[] }
  | { kind: 'remove-identifier'; digest: string; reason: CustomerIdentifierRemoved['reason'] }
  | { kind: 'withdraw-claims'; digests: readonly string[] }
  | { kind: 'give-consent'; consent: ConsentGiven; corrects?: string }
  | { kind: 'withdraw-consent'; consent: ConsentWithdrawn; corrects?: string }
  | { kind: 'erase'; erasure: CustomerErased };

export type CustomerCommand = Act & { customerId: string; occurredAt: string };

export type CustomerRejection =
  | CorrectionRejection
  | 'customer.unknown'
  | 'customer.erased'
  | 'customer.already-registered'
  | 'customer.nameless'
  | 'customer.nothing-to-change'
  | 'customer.identifier-unknown'
  | 'consent.already-given'
  | 'consent.not-given';

const unknown = identityFault<CustomerRejection>('customer.unknown', 'there is no such customer', 'customerId');

const erased = identityFault<CustomerRejection>('customer.erased', 'this person was erased; nothing is kept of them again', 'customerId');

/** A person or organisation of the group: details, identifiers, consents (domain §2.1, §13). */
export const customerDecider: Decider<CustomerStanding, CustomerCommand, CustomerEvent, DecideContext, CustomerRejection> = {
  fold: customerFold,

  decide(customer, command, context) {
    const { customerId, occurredAt } = command;
    const subjects = { customer: customerId };
    const identified = (identifiers: readonly CustomerIdentified[]): NewEvent<CustomerEvent>[] =>
      identifiers.map((data) => ({ type: 'customer-identified', data, occurredAt, subjects }));

    // A claim is given up before its customer exists, or else the identifier is theirs by now and stays.
    if (command.kind === 'withdraw-claims')
      return accept(
        ...command.digests
          .filter((digest) => customer.identifiers[digest] === undefined)
          .map((digest): NewEvent<CustomerEvent> => ({ type: 'identifier-claim-withdrawn', data: { digest }, occurredAt, subjects })),
      );
    if (command.kind === 'register') {
      if (customer.registered) return refuse(identityFault('customer.already-registered', 'this customer is registered already'));
      const { name, standsIn } = command.details;
      if (name === undefined && command.identifiers.length === 0 && standsIn !== true)
        return refuse({ code: 'customer.nameless', kind: 'form', detail: 'give a name or something to reach them by', field: 'name' });
      const at = { ...subjects, site: command.details.siteId };
      return accept({ type: 'customer-registered', data: command.details, occurredAt, subjects: at }, ...identified(command.identifiers));
    }
    if (!customer.registered) return refuse(unknown);
    // Erased is erased: asked again there is nothing left to do.
    if (command.kind === 'erase')
      return customer.erased ? accept() : accept({ type: 'customer-erased', data: command.erasure, occurredAt, subjects });
    if (customer.erased) return refuse(erased);
    switch (command.kind) {
      case 'identify':
        return accept(...identified(command.identifiers.filter(({ digest }) => customer.identifiers[digest] === undefined)));
      case 'remove-identifier': {
        const { digest, reason } = command;
        const kind = customer.identifiers[digest];
        if (kind === undefined)
          return refuse(identityFault('customer.identifier-unknown', 'this customer has no such identifier', 'value'));
        return accept({ type: 'customer-identifier-removed', data: { kind, digest, reason }, occurredAt, subjects });
      }
      case 'change-details':
        return orCorrecting({ type: 'customer-details-changed', data: command.changes, occurredAt, subjects }, command.corrects, context, [
          Object.keys(command.changes).length === 0 &&
            ({ code: 'customer.nothing-to-change', kind: 'form', detail: 'name at least one detail' } as const),
        ]);
      case 'give-consent':
        return orCorrecting({ type: 'consent-given', data: command.consent, occurredAt, subjects }, command.corrects, context, [
          customer.consents.includes(command.consent.purpose) && rule('consent.already-given', 'this consent stands already', 'purpose'),
        ]);
      case 'withdraw-consent':
        return orCorrecting({ type: 'consent-withdrawn', data: command.consent, occurredAt, subjects }, command.corrects, context, [
          !customer.consents.includes(command.consent.purpose) && rule('consent.not-given', 'there is no such consent', 'purpose'),
        ]);
    }
  },
};

/** A correction stands in for what it names, so the rules about what stands now do not apply to it. */
function orCorrecting(
  event: NewEvent<CustomerEvent>,
  corrects: string | undefined,
  context: DecideContext,
  refusals: (Rejection<CustomerRejection> | false)[],
): Decision<CustomerEvent, CustomerRejection> {
  if (corrects === undefined) return acceptUnless([event], ...refusals);
  const checked = checkCorrection(corrects, event.type, context);
  return checked.subjects === null ? refuse(...checked.refusals) : accept({ ...event, subjects: checked.subjects, corrects });
}
