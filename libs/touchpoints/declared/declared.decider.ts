import type { DecideContext, Decider, JsonObject, Rejection, WordPlace } from '@touchline/core';
import { identityFault } from '@touchline/core';
import type { ActRejection } from '../journey/act.rules.js';
import { decideAct } from '../journey/act.rules.js';
import type { ActOnJourney, ContactRules } from '../journey/contact.rules.js';
import { aroundAct } from '../journey/contact.rules.js';
import type { JourneyEvent } from '../journey/journey.events.js';
import type { JourneyStanding } from '../journey/journey.fold.js';
import { journeyFold } from '../journey/journey.fold.js';
import { formFault } from '../touchpoint.rules.js';
import type { DeclaredEvent, TouchpointRecorded, TouchpointStated } from './declared.events.js';

export interface DeclaredCommand extends ActOnJourney {
  touchpoint: TouchpointStated;
  /** Id of the touchpoint of the same kind that this one replaces. */
  corrects?: string;
}

export type DeclaredRejection = ActRejection | 'touchpoint.undeclared' | 'touchpoint.fields-invalid';

/** What a JSON Schema makes of fields. */
export interface FieldRules {
  /** What is wrong with them, each with its JSON pointer; [] where they fit. */
  faults(schema: JsonObject, fields: JsonObject): readonly { path: string; detail: string }[];
  /** Those in clear, and those that may hold any text, each whole. */
  apartFromText(schema: JsonObject, fields: JsonObject): { fields: JsonObject; textFields: JsonObject };
  /** Where words of the group stand, below `path`. */
  wordPlaces(schema: JsonObject, fields: JsonObject, path: string): readonly WordPlace[];
}

/** A touchpoint type that the journey's playbook declares as data (domain §2.3); its schema is read by who knows how. */
export function declaredDecider(
  rules: FieldRules,
): Decider<JourneyStanding, DeclaredCommand, DeclaredEvent | JourneyEvent, DecideContext & ContactRules, DeclaredRejection> {
  return {
    fold: journeyFold,

    decide(journey, { touchpoint, ...command }, context) {
      const { kind, fields } = touchpoint;
      const { declares } = context.playbook;
      // Names come from outside, so only own ones count.
      const declared = Object.hasOwn(declares, kind) ? declares[kind] : undefined;
      return decideAct<DeclaredEvent, DeclaredRejection>(aroundAct(journey, command), command, context, {
        type: 'touchpoint-recorded',
        data: declared === undefined ? touchpoint : toRecord(touchpoint, rules.apartFromText(declared.fields, fields)),
        words: declared === undefined ? [] : rules.wordPlaces(declared.fields, fields, 'fields'),
        faults: [
          ...(declared === undefined
            ? [identityFault('touchpoint.undeclared', 'the playbook of this journey declares no such touchpoint', 'kind')]
            : rules.faults(declared.fields, fields).map(toFault)),
          ...otherKind(command.corrects, kind, context),
        ],
      });
    },
  };
}

/** What may hold any text is kept apart, to be sealed. */
const toRecord = (touchpoint: TouchpointStated, { fields, textFields }: ReturnType<FieldRules['apartFromText']>): TouchpointRecorded => ({
  ...touchpoint,
  fields,
  ...(Object.keys(textFields).length > 0 && { textFields }),
});

const toFault = ({ path, detail }: { path: string; detail: string }): Rejection<'touchpoint.fields-invalid'> =>
  formFault('touchpoint.fields-invalid', detail, `fields${path.replaceAll('/', '.')}`);

/** All declared types share one event type, so a correction is held to its kind here. */
function otherKind(corrects: string | undefined, kind: string, context: DecideContext): Rejection<'correction.other-kind'>[] {
  const named = corrects === undefined ? undefined : context.recorded(corrects);
  return named?.type === 'touchpoint-recorded' && named.data['kind'] !== kind
    ? [identityFault('correction.other-kind', 'the event named is of another kind', 'corrects')]
    : [];
}
