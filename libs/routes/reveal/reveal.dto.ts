import { ApiProperty } from '@nestjs/swagger';
import type { Person } from '@touchline/commands';
import { choices, form, id } from '@touchline/core';
import { RecordedAnswer, classOf } from '@touchline/http';
import type { Kept } from '../person.dto.js';
import { InClear, KeptDetailsShown, KeptIdentifierShown } from '../person.dto.js';
import type { Revealable } from '@touchline/touchpoints/reveal/reveal.events.js';
import { REVEALABLE, lookNoted } from '@touchline/touchpoints/reveal/reveal.events.js';

export class RevealPath extends classOf(form('RevealPath', { customerId: id() })) {}

const look = form('RevealDto', {
  reason: lookNoted.reason,
  fields: choices(REVEALABLE, { optional: true, description: 'everything when absent' }),
});
export class RevealDto extends classOf(look) {}

/** What was asked for, as it stood at the reveal; what nobody gave is left out. */
export class RevealedAnswer extends RecordedAnswer {
  @InClear('王芳')
  name?: Kept;

  @InClear('王女士')
  formOfAddress?: Kept;

  @ApiProperty({ required: false, type: [KeptIdentifierShown] })
  phones?: KeptIdentifierShown[];

  @ApiProperty({ required: false, type: [KeptIdentifierShown], description: 'other identifiers, beside the details' })
  identifiers?: KeptIdentifierShown[];

  @ApiProperty({ required: false, type: KeptDetailsShown })
  details?: KeptDetailsShown;
}

type Revealed = Pick<RevealedAnswer, 'name' | 'formOfAddress' | 'phones' | 'identifiers' | 'details'>;

/** The part of a person that was asked for. */
export function revealed({ name, formOfAddress, identifiers, details }: Person, fields: readonly Revealable[]): Revealed {
  const phones = identifiers.filter(({ identifierType }) => identifierType === 'phone');
  const others = identifiers.filter(({ identifierType }) => identifierType !== 'phone');
  return {
    ...(fields.includes('name') && { ...(name !== undefined && { name }), ...(formOfAddress !== undefined && { formOfAddress }) }),
    ...(fields.includes('phones') && { phones }),
    ...(fields.includes('details') && { identifiers: others, details }),
  };
}
