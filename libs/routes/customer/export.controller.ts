import { Readable } from 'node:stream';
import { Controller, Get, Inject, Param, Query, StreamableFile, Header } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Allow } from '@touchline/auth/allow.js';
import type { CommandServices, CommandMetadata } from '@touchline/commands';
import { COMMAND_SERVICES, NamedCommand, copyOfPerson } from '@touchline/commands';
import { UnkeyedMetadata, LookupRoute, OneOf, Problem, ResponseProperty, Text, answer } from '@touchline/http';
import type { CopyLanguage } from '@touchline/touchpoints/customer/copy-labels.js';
import { COPY_LANGUAGES } from '@touchline/touchpoints/customer/copy-labels.js';
import { CustomerPath } from './customer.dto.js';
import { CopiedPersonShown, CopiedRecordShown, ErasureReceiptShown } from './copy.dto.js';
import { copyAsJson, copyAsPage } from '@touchline/touchpoints/customer/person-copy.js';

const FORMATS = ['json', 'html'] as const;
const TYPES = { json: 'application/json; charset=utf-8', html: 'text/html; charset=utf-8' } as const;

class ExportQuery {
  @Text({ min: 2, max: 500, description: 'why it is taken; kept sealed', example: '客户要求提供副本' })
  reason!: string;

  @OneOf(FORMATS, { optional: true, description: 'json when absent; html is a page to read and to print' })
  format?: (typeof FORMATS)[number];

  @OneOf(COPY_LANGUAGES, { optional: true, description: 'of the page; zh-CN when absent' })
  language?: CopyLanguage;
}

/** What a person is given of their data. */
class CopyShown {
  @ResponseProperty(String) customerId!: string;
  @ResponseProperty(String, { example: '2026-06-01T02:00:00.000Z' }) takenAt!: string;
  @ResponseProperty(() => ErasureReceiptShown, { nullable: true, description: 'where the person was erased' })
  erasure!: ErasureReceiptShown | null;
  @ResponseProperty(() => CopiedPersonShown) person!: CopiedPersonShown;
  @ResponseProperty(() => CopiedRecordShown, { list: true }) records!: CopiedRecordShown[];
}

@ApiTags('customers')
@Controller('customers/:customerId/export')
export class ExportController {
  constructor(
    @Inject(CommandBus) private readonly bus: CommandBus,
    @Inject(COMMAND_SERVICES) private readonly services: CommandServices,
  ) {}

  @Get()
  @Allow({ roles: ['admin'], scope: 'group', why: 'it shows everything in clear, and is given to whom it is about' })
  @Header('cache-control', 'no-store')
  @ApiOkResponse({ content: { [TYPES.html]: { schema: { type: 'string' }, example: '<!doctype html>' } } })
  @LookupRoute('Everything held on a person, as a copy for them; that it was taken, and why, is recorded as a reveal', CopyShown, {
    404: ['customer.unknown'],
    409: ['stream.contended'],
    504: ['read-model.behind'],
  })
  async copy(
    @Param() { customerId }: CustomerPath,
    @Query() { reason, format = 'json', language = 'zh-CN' }: ExportQuery,
    @UnkeyedMetadata() metadata: CommandMetadata,
  ): Promise<StreamableFile> {
    const look = new NamedCommand('personal-data-revealed', { customerId, fields: ['copy'], reason }, metadata);
    answer(await this.bus.execute(look));
    const copy = await copyOfPerson(this.services, metadata.tenant, customerId);
    if (copy === null)
      throw new Problem(504, 'read-model.behind', 'what belongs to this person is not known up to now yet; try again', {
        headers: { 'retry-after': '1' },
      });
    const text = format === 'json' ? copyAsJson(copy) : copyAsPage(copy, language);
    const disposition = `attachment; filename="customer-${customerId}.${format}"`;
    return new StreamableFile(Readable.from(text, { objectMode: false }), { type: TYPES[format], disposition });
  }
}
