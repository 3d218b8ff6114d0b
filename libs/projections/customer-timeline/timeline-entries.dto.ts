import type { Type } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { shownClass } from '@touchline/http';
import { storedEvents } from '@touchline/touchpoints/list.js';
import { TimelineEntryShown } from './timeline-entry.dto.js';

// The entries of a timeline as the OpenAPI document tells them: one schema for each type of touchpoint, made of the fields beside its
// event and told apart by `type`.

/** Shown beside the details, of every type. */
const BESIDE = new Set(['channel', 'direction', 'responsibleId', 'kind']);

const pascal = (type: string): string => type.replaceAll(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());

function entryOf(type: string, details: Type<object>): Type<object> {
  const name = `${pascal(type)}Entry`;
  const made = { [name]: class extends TimelineEntryShown {} }[name] as Type<object>;
  ApiProperty({ type: String, enum: [type] })(made.prototype as object, 'type');
  ApiProperty({ type: details })(made.prototype as object, 'details');
  return made;
}

const ENTRIES = new Map(
  storedEvents.flatMap(({ type, touchpoint, fields = {} }) => {
    if (!touchpoint) return [];
    // A sealed object was never kept otherwise; texts were, in the versions before.
    const shown = Object.entries(fields).filter(([name, { sealed, kind }]) => !BESIDE.has(name) && !(sealed && kind.is === 'object'));
    return [[type, entryOf(type, shownClass(`${pascal(type)}Details`, Object.fromEntries(shown)))] as const];
  }),
);

/** A list of entries of any type. */
export const Entries =
  (): PropertyDecorator =>
  (target, property): void => {
    ApiExtraModels(...ENTRIES.values())(target.constructor);
    const mapping = Object.fromEntries([...ENTRIES].map(([type, entry]) => [type, getSchemaPath(entry)]));
    ApiProperty({
      type: 'array',
      items: {
        oneOf: [...ENTRIES.values()].map((entry) => ({ $ref: getSchemaPath(entry) })),
        discriminator: { propertyName: 'type', mapping },
      },
    })(target, property);
  };
