import type { DecideContext, Decider } from '@touchline/core';
import { accept, acceptUnless, identityFault, refuse, rule } from '@touchline/core';
import type { CorrectionRejection } from '../correction.rules.js';
import { checkCorrection } from '../correction.rules.js';
import type { TouchpointData } from '../touchpoint.events.js';
import type { ContactEvent, ContactKind, ContactTied } from './contact.events.js';
import type { ContactStanding } from './contact.fold.js';
import { contactFold } from './contact.fold.js';

type Act =
  | { kind: 'record'; siteId: string; fact: { kind: ContactKind; data: TouchpointData }; corrects?: string }
  | { kind: 'tie'; tie: Omit<ContactTied, 'customerId'> & { customerId?: string } }
  | { kind: 'untie'; reason: string };

export type ContactCommand = Act & { contactId: string; occurredAt: string };

export type ContactRejection =
  | CorrectionRejection
  | 'contact.unknown'
  | 'contact.already-recorded'
  | 'contact.already-tied'
  | 'contact.not-tied'
  | 'contact.journey-unidentified';

/**
 * A call or visit of somebody unknown: it counts in the site's traffic and claims nothing. A tie says whose it was; one
 * made in error is undone by saying so (domain §2.2).
 */
export const contactDecider: Decider<ContactStanding, ContactCommand, ContactEvent, DecideContext, ContactRejection> = {
  fold: contactFold,

  decide(contact, command, context) {
    const { contactId, occurredAt } = command;
    if (command.kind === 'record') {
      const { siteId, fact, corrects } = command;
      const data = { ...fact.data, kind: fact.kind, siteId };
      if (corrects !== undefined) {
        const { subjects, refusals } = checkCorrection(corrects, 'contact-recorded', context);
        return subjects === null ? refuse(...refusals) : accept({ type: 'contact-recorded', data, occurredAt, subjects, corrects });
      }
      if (contact.siteId !== null) return refuse(identityFault('contact.already-recorded', 'this contact is recorded already'));
      return accept({ type: 'contact-recorded', data, occurredAt, subjects: { contact: contactId, site: siteId } });
    }
    const { siteId } = contact;
    if (siteId === null) return refuse(identityFault('contact.unknown', 'there is no such contact', 'contactId'));
    const about = ({ customerId, journeyId }: { customerId: string; journeyId: string }) => ({
      contact: contactId,
      site: siteId,
      customer: customerId,
      journey: journeyId,
    });
    if (command.kind === 'tie') {
      const { customerId, ...tie } = command.tie;
      if (customerId === undefined)
        return refuse(identityFault('contact.journey-unidentified', 'this journey has no customer yet; identify it first', 'journeyId'));
      const data = { ...tie, customerId } as ContactTied;
      return acceptUnless(
        [{ type: 'contact-tied', data, occurredAt, subjects: about(data) }],
        contact.tiedTo !== null && rule('contact.already-tied', 'it is tied already; untie it first if that was an error'),
      );
    }
    if (contact.tiedTo === null) return refuse(identityFault('contact.not-tied', 'it is not tied to anybody'));
    const data = { ...contact.tiedTo, reason: command.reason };
    return accept({ type: 'contact-untied', data, occurredAt, subjects: about(contact.tiedTo) });
  },
};
