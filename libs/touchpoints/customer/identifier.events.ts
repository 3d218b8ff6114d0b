import type { EventDefinition, Field, JsonObject } from '@touchline/core';
import { defineEvent } from '@touchline/core';

// Category `identifier`, one stream per identifier, named by its keyed digest: who holds it (ADR 0043). Stored shapes: never
// edit, only upcast.

export const IDENTIFIER_KINDS = ['phone', 'email', 'wechat', 'member-number'] as const;
export type TypedIdentifierKind = (typeof IDENTIFIER_KINDS)[number];
/** What somebody may type, and a source's own name or number for the customer, kept as the source writes it. */
export type IdentifierKind = TypedIdentifierKind | `source:${string}`;

export const identifierKind: Field<IdentifierKind, false> = {
  kind: { is: 'text', min: 1, max: 100 },
  optional: false,
  label: ['类型', 'kind'],
};

/** The first holder's. */
export interface IdentifierClaimed extends JsonObject {
  kind: IdentifierKind;
  customerId: string;
}

/** A further holder beside those there are, said so explicitly (families). */
export interface IdentifierShared extends JsonObject {
  kind: IdentifierKind;
  customerId: string;
}

export interface IdentifierReleased extends JsonObject {
  customerId: string;
}

export type IdentifierEvent =
  | { type: 'identifier-claimed'; data: IdentifierClaimed }
  | { type: 'identifier-shared'; data: IdentifierShared }
  | { type: 'identifier-released'; data: IdentifierReleased };

export const identifierEvents: EventDefinition[] = [
  defineEvent({ type: 'identifier-claimed', version: 1, touchpoint: false }),
  defineEvent({ type: 'identifier-shared', version: 1, touchpoint: false }),
  defineEvent({ type: 'identifier-released', version: 1, touchpoint: false }),
];
