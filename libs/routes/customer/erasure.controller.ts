import { Body, Controller, Inject, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Allow } from '@touchline/auth/allow.js';
import type { CommandServices, CommandMetadata, Receipt } from '@touchline/commands';
import { COMMAND_SERVICES, NamedCommand, erasureReceipt } from '@touchline/commands';
import { form } from '@touchline/core';
import { KeyedMetadata, RecordedAnswer, ResponseProperty, answer, classOf, pick } from '@touchline/http';
import { Records } from '../rejections.js';
import { ErasureReceiptShown } from './copy.dto.js';
import { CustomerPath } from './customer.dto.js';
import { erasureNoted } from '@touchline/touchpoints/customer/customer.events.js';

class ErasureDto extends classOf(form('ErasureDto', erasureNoted)) {}

class ReceiptShown extends ErasureReceiptShown implements Receipt {
  @ResponseProperty(Boolean, { description: 'false while what was tied to the person at that moment is still looked for' })
  complete!: boolean;
}

class ErasedAnswer extends RecordedAnswer {
  @ApiProperty({ type: ReceiptShown, description: 'the same whoever asks again' })
  receipt!: ReceiptShown;
}

@ApiTags('customers')
@Controller('customers/:customerId/erasure')
export class ErasureController {
  constructor(
    @Inject(CommandBus) private readonly bus: CommandBus,
    @Inject(COMMAND_SERVICES) private readonly services: CommandServices,
  ) {}

  @Post()
  @Allow({ roles: ['admin'], scope: 'group', why: 'requests for erasure come to the administrator; it cannot be undone' })
  @ApiCreatedResponse({ type: ErasedAnswer })
  @Records('Erase a person for good: their key is destroyed, their identifiers are free; gives a receipt', 'customer.unknown')
  async erase(
    @Param() { customerId }: CustomerPath,
    @Body() body: ErasureDto,
    @KeyedMetadata() metadata: CommandMetadata,
  ): Promise<ErasedAnswer> {
    const recorded = answer(
      await this.bus.execute(new NamedCommand('customer-erased', { customerId, ...pick(body, 'askedBy', 'reason') }, metadata)),
    );
    const receipt = await erasureReceipt(this.services, metadata.tenant, customerId);
    if (receipt === null) throw new Error('an erasure that is recorded has its receipt');
    return Object.assign(recorded, { customerId, receipt });
  }
}
