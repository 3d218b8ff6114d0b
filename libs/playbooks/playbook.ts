import type { JsonObject, PlaybookRef, StageReached } from '@touchline/core';

/** A text in both languages of the console. */
export interface Bilingual {
  zh: string;
  en: string;
}

/** One step of the designed journey; its place in the list is its order (domain §2.3). */
export interface Stage {
  id: string;
  name: Bilingual;
}

/** A touchpoint type that needs no code: fields checked by JSON Schema, and the stage it reaches. */
export interface DeclaredTouchpoint {
  name: Bilingual;
  stage: string | null;
  /** Schema of a closed object. What may hold any text is sealed; what is in clear is a choice, a word of the group, a number or a time. */
  fields: JsonObject;
}

/**
 * The designed journey of one industry or brand: versioned data, not code (domain §2.3, §3). A journey keeps the version
 * it began with until it is moved explicitly.
 */
export interface Playbook extends PlaybookRef {
  name: Bilingual;
  stages: readonly Stage[];
  /** Stage reached by each built-in touchpoint type; null, or not named: none. */
  touchpoints: Readonly<Record<string, string | null>>;
  declares: Readonly<Record<string, DeclaredTouchpoint>>;
  /** Names of the labels a journey may carry for slicing, beside the built-in ones; each holds a word of the group. */
  attributes: readonly string[];
  /** A lost customer back within so many days, to the end of the day, takes up the same journey (domain §6.6). */
  reactivationDays: number;
}

/** The touchpoint type a playbook declares under this name; names come from outside, so only own ones count. */
export const declaredTouchpoint = (playbook: Playbook, kind: string): DeclaredTouchpoint | undefined => own(playbook.declares, kind);

/** The stage a touchpoint reaches, or undefined for none. `type` is an event's stored name or a declared kind. */
export function stageReached(playbook: Playbook, type: string): StageReached | undefined {
  const id = declaredTouchpoint(playbook, type)?.stage ?? own(playbook.touchpoints, type);
  const order = playbook.stages.findIndex((stage) => stage.id === id);
  return typeof id !== 'string' || order < 0 ? undefined : { id, order };
}

const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined => (Object.hasOwn(record, key) ? record[key] : undefined);

/** Where playbooks come from: those that ship, and those a group has published. Versions never change. */
export interface Playbooks {
  /** @throws UnknownPlaybook where neither ships it nor the group has published it */
  get(tenant: string, ref: PlaybookRef): Promise<Playbook>;
  /** Undefined where there is no such version. */
  find(tenant: string, ref: PlaybookRef): Promise<Playbook | undefined>;
}

export class UnknownPlaybook extends Error {
  override readonly name = 'UnknownPlaybook';
  constructor(readonly ref: PlaybookRef) {
    super(`there is no playbook ${ref.id} version ${ref.version}`);
  }
}
