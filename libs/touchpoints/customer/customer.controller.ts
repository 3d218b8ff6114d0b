import { Body, Controller, Inject, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Allow } from '@touchline/auth/allow.js';
import type { CustomerOrder, Issuer } from '@touchline/commands';
import { Record } from '@touchline/commands';
import { IssuedBy, RecordedAnswer, answer, pick } from '@touchline/http';
import { CORRECTING, MAY_RECORD } from '../command.js';
import { Records } from '../rejections.js';
import { AddIdentifiersDto, ChangeDetailsDto, ConsentDto, CustomerPath, RegisterCustomerDto, RemoveIdentifierDto } from './customer.dto.js';

const FORM = ['phone.invalid', 'phone.extension', 'email.invalid', 'wechat.invalid', 'member-number.invalid'] as const;
const ON_CUSTOMER = ['customer.unknown', 'customer.erased'] as const;

@ApiTags('customers')
@Controller('customers')
export class CustomerController {
  constructor(@Inject(CommandBus) private readonly bus: CommandBus) {}

  @Post()
  @Allow(MAY_RECORD)
  @Records(
    'Register a customer with what they are found by',
    'site.unknown',
    'site.closed',
    'customer.nameless',
    'word.unknown',
    'identifier.held',
    ...FORM,
  )
  register(@Body() body: RegisterCustomerDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    const { siteId, kind = 'person', identifiers = [], share = false } = body;
    const details = { kind, siteId, ...pick(body, 'name', 'gender', 'formOfAddress', 'language', 'media') };
    return this.record(issuer, { kind: 'register', details, identifiers, share, ...when(body) });
  }

  @Post(':customerId/details')
  @Allow(MAY_RECORD)
  @Records('Change what is kept of a customer; null takes a detail back', 'customer.nothing-to-change', ...ON_CUSTOMER, ...CORRECTING)
  changeDetails(
    @Param() { customerId }: CustomerPath,
    @Body() body: ChangeDetailsDto,
    @IssuedBy() issuer: Issuer,
  ): Promise<RecordedAnswer> {
    const changes = {
      ...pick(body, 'name', 'gender', 'formOfAddress', 'language', 'birthday'),
      ...pick(body, 'address', 'employer', 'occupation', 'family', 'note'),
    };
    return this.record(issuer, { kind: 'change-details', customerId, changes, ...pick(body, 'corrects'), ...when(body) });
  }

  @Post(':customerId/identifiers')
  @Allow(MAY_RECORD)
  @Records('Add what a customer is found by; what they have already changes nothing', 'identifier.held', ...ON_CUSTOMER, ...FORM)
  addIdentifiers(
    @Param() { customerId }: CustomerPath,
    @Body() body: AddIdentifiersDto,
    @IssuedBy() issuer: Issuer,
  ): Promise<RecordedAnswer> {
    const { identifiers, share = false } = body;
    return this.record(issuer, { kind: 'add-identifiers', customerId, identifiers, share, ...when(body) });
  }

  @Post(':customerId/identifiers/removals')
  @Allow(MAY_RECORD)
  @Records('Take an identifier from a customer; it is free for the next', 'customer.identifier-unknown', ...ON_CUSTOMER, ...FORM)
  removeIdentifier(
    @Param() { customerId }: CustomerPath,
    @Body() body: RemoveIdentifierDto,
    @IssuedBy() issuer: Issuer,
  ): Promise<RecordedAnswer> {
    const identifier = pick(body, 'kind', 'value');
    return this.record(issuer, { kind: 'remove-identifier', customerId, identifier, reason: body.reason, ...when(body) });
  }

  @Post(':customerId/consents')
  @Allow(MAY_RECORD)
  @Records('Record a consent', 'consent.already-given', ...ON_CUSTOMER, ...CORRECTING)
  giveConsent(@Param() { customerId }: CustomerPath, @Body() body: ConsentDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    const consent = pick(body, 'purpose', 'how', 'evidence');
    return this.record(issuer, { kind: 'give-consent', customerId, consent, ...pick(body, 'corrects'), ...when(body) });
  }

  @Post(':customerId/consents/withdrawals')
  @Allow(MAY_RECORD)
  @Records('Record that a consent is withdrawn', 'consent.not-given', ...ON_CUSTOMER, ...CORRECTING)
  withdrawConsent(@Param() { customerId }: CustomerPath, @Body() body: ConsentDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    const consent = pick(body, 'purpose', 'how', 'evidence');
    return this.record(issuer, { kind: 'withdraw-consent', customerId, consent, ...pick(body, 'corrects'), ...when(body) });
  }

  private async record(issuer: Issuer, order: CustomerOrder): Promise<RecordedAnswer> {
    return answer(await this.bus.execute(Record.onCustomer(issuer, order)));
  }
}

const when = ({ occurredAt }: { occurredAt?: string }): { occurredAt?: string } => (occurredAt === undefined ? {} : { occurredAt });
