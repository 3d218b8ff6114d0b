import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import type { Person } from '@touchline/commands';
import { choices, form, id } from '@touchline/core';
import { RecordedAnswer, classOf } from '@touchline/http';
import type { Revealable } from './reveal.events.js';
import { REVEALABLE, lookNoted } from './reveal.events.js';

export class RevealPath extends classOf(form('RevealPath', { customerId: id() })) {}

const look = form('RevealDto', {
  reason: lookNoted.reason,
  fields: choices(REVEALABLE, { optional: true, description: 'everything when absent' }),
});
export class RevealDto extends classOf(look) {}

class ErasedDto {
  @ApiProperty({ description: 'the person was erased; this cannot be read again', enum: [true] })
  erased!: true;
}

type Kept = string | ErasedDto;

/** In clear, or marked as erased. */
const InClear = (example: string): PropertyDecorator =>
  ApiProperty({ required: false, oneOf: [{ type: 'string' }, { $ref: getSchemaPath(ErasedDto) }], example });

@ApiExtraModels(ErasedDto)
class RevealedIdentifierDto {
  @ApiProperty({ example: 'phone' })
  kind!: string;

  @InClear('+8613800001111')
  value!: Kept;
}

class RevealedDetailsDto {
  @InClear('f')
  gender?: Kept;

  @InClear('zh-CN')
  language?: Kept;

  @InClear('--05-17')
  birthday?: Kept;

  @InClear('上海市浦东新区世纪大道 1 号')
  address?: Kept;

  @InClear('东方银行')
  employer?: Kept;

  @InClear('会计')
  occupation?: Kept;

  @InClear('一个女儿,八岁')
  family?: Kept;

  @InClear('周末方便接电话')
  note?: Kept;
}

/** What was asked for, as it stood at the reveal; what nobody gave is left out. */
export class RevealedAnswer extends RecordedAnswer {
  @InClear('王芳')
  name?: Kept;

  @InClear('王女士')
  formOfAddress?: Kept;

  @ApiProperty({ required: false, type: [RevealedIdentifierDto] })
  phones?: RevealedIdentifierDto[];

  @ApiProperty({ required: false, type: [RevealedIdentifierDto], description: 'other identifiers, beside the details' })
  identifiers?: RevealedIdentifierDto[];

  @ApiProperty({ required: false, type: RevealedDetailsDto })
  details?: RevealedDetailsDto;
}

type Revealed = Pick<RevealedAnswer, 'name' | 'formOfAddress' | 'phones' | 'identifiers' | 'details'>;

/** The part of a person that was asked for. */
export function revealed({ name, formOfAddress, identifiers, details }: Person, fields: readonly Revealable[]): Revealed {
  const phones = identifiers.filter(({ kind }) => kind === 'phone');
  const others = identifiers.filter(({ kind }) => kind !== 'phone');
  return {
    ...(fields.includes('name') && { ...(name !== undefined && { name }), ...(formOfAddress !== undefined && { formOfAddress }) }),
    ...(fields.includes('phones') && { phones }),
    ...(fields.includes('details') && { identifiers: others, details }),
  };
}
