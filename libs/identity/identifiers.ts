import { oneLine } from '@touchline/core';
import { digest } from '@touchline/sealing';
import type { CustomerIdentified } from '@touchline/touchpoints/customer/customer.events.js';
import type { IdentifierKind, TypedIdentifierKind } from '@touchline/touchpoints/customer/identifier.events.js';
import type { Normalised, PhoneRejection } from './phone.js';
import { normalisePhone } from './phone.js';

export type IdentifierFormRejection = PhoneRejection | 'email.invalid' | 'wechat.invalid' | 'member-number.invalid';

/** An identifier as a request gives it. */
export interface IdentifierNamed {
  kind: TypedIdentifierKind;
  /** As typed. */
  value: string;
}

const EMAIL = /^[^\s@<>"',;:]+@[^\s@<>"',;:]+\.[^\s@<>"',;:.]+$/;
const WECHAT = /^[a-z0-9_-]{5,30}$/;
const MEMBER_NUMBER = /^[A-Z0-9][A-Z0-9./-]{1,31}$/;

/** The one form in which an identifier is compared and kept: what differs in case, width or spaces is the same. */
export function normaliseIdentifier({ kind, value }: IdentifierNamed): Normalised<IdentifierFormRejection> {
  const text = oneLine(value);
  switch (kind) {
    case 'phone':
      return normalisePhone(value);
    case 'email':
      return matching(text.toLowerCase(), EMAIL, 254, 'email.invalid', 'this is no e-mail address');
    case 'wechat':
      return matching(text.toLowerCase(), WECHAT, 30, 'wechat.invalid', 'this is no WeChat ID');
    case 'member-number':
      return matching(text.toUpperCase(), MEMBER_NUMBER, 32, 'member-number.invalid', 'letters, digits, dots, slashes and hyphens');
  }
}

function matching<Code extends string>(value: string, form: RegExp, max: number, code: Code, detail: string): Normalised<Code> {
  return value.length <= max && form.test(value) ? { value } : { code, detail };
}

/** Names an identifier's stream, and finds people without keeping what they are found by in clear (ADR 0043, 0008). */
export const identifierDigest = (secret: string, tenant: string, kind: IdentifierKind, normalised: string): string =>
  digest(secret, 'identifier', tenant, kind, normalised);

/** Normalised, each once, with its digest; or every one that is malformed, by its place in the list. */
export function readIdentifiers(
  secret: string,
  tenant: string,
  named: readonly IdentifierNamed[],
): { identifiers: CustomerIdentified[] } | { faults: { index: number; code: IdentifierFormRejection; detail: string }[] } {
  const faults = [];
  const identifiers = new Map<string, CustomerIdentified>();
  for (const [index, each] of named.entries()) {
    const normalised = normaliseIdentifier(each);
    if ('code' in normalised) faults.push({ index, ...normalised });
    else {
      const id = identifierDigest(secret, tenant, each.kind, normalised.value);
      identifiers.set(id, { kind: each.kind, digest: id, value: normalised.value });
    }
  }
  // In one order everywhere: of two who claim the same set, one gets the first and with it all.
  return faults.length > 0 ? { faults } : { identifiers: [...identifiers.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1)) };
}
