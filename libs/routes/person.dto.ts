import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';

// What is kept of a person, as whoever may see it is given it.

class ErasedShown {
  @ApiProperty({ description: 'the person was erased; this cannot be read again', enum: [true] })
  erased!: true;
}

export type Kept = string | ErasedShown;

/** In clear, or marked as erased. */
export const InClear = (example: string): PropertyDecorator =>
  ApiProperty({ required: false, oneOf: [{ type: 'string' }, { $ref: getSchemaPath(ErasedShown) }], example });

@ApiExtraModels(ErasedShown)
export class KeptIdentifierShown {
  @ApiProperty({ example: 'phone' })
  identifierType!: string;

  @InClear('+8613800001111')
  value!: Kept;
}

export class KeptDetailsShown {
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
