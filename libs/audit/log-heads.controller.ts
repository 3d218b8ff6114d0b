import { Controller, Get, Inject, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, OPERATES, Public } from '@touchline/auth';
import { LookupRoute, OperatingRoute, PublicRoute, QueryInt, ResponseProperty } from '@touchline/http';
import type { PublicKey, SignedHead } from './heads/head.js';
import { LogHeads } from './heads/log-heads.js';
import { orProblem } from './problems.js';

class HeadsQuery {
  @QueryInt({ optional: true, min: 1, max: 1000, description: 'how many, the newest first; default 100' })
  limit?: number;

  @QueryInt({ optional: true, min: 1, description: 'only those that cover fewer events than this' })
  below?: number;
}

class HeadShown implements SignedHead {
  @ResponseProperty(String, { enum: ['touchline-log-head/1'] }) format!: SignedHead['format'];
  @ResponseProperty(String, { description: 'which key signed it' }) keyId!: string;
  @ResponseProperty(String) logId!: string;
  @ResponseProperty(String, { description: 'position of the last event it covers' }) position!: string;
  @ResponseProperty(String, { description: 'root of the tree over the hashes of all events in order (RFC 6962), hex' }) root!: string;
  @ResponseProperty(String, { example: '2026-06-01T08:00:00.000Z' }) signedAt!: string;
  @ResponseProperty(String, { description: 'Ed25519 over the canonical JSON (RFC 8785) of everything else, hex' }) signature!: string;
  @ResponseProperty(Number, { description: 'number of events it covers' }) treeSize!: number;
}

class HeadsShown {
  @ResponseProperty(() => HeadShown, { list: true }) heads!: HeadShown[];
}

class PublicKeyShown implements PublicKey {
  @ResponseProperty(String, { description: 'first 16 digits of the SHA-256 of the key' }) keyId!: string;
  @ResponseProperty(String, { description: 'Ed25519, 32 bytes in hex' }) publicKey!: string;
}

class PublicKeysShown {
  @ResponseProperty(() => PublicKeyShown, { list: true, description: 'the one that signs first' }) keys!: PublicKeyShown[];
}

const DEFAULT_LIMIT = 100;

@ApiTags('proof')
@Controller()
export class LogHeadsController {
  constructor(@Inject(LogHeads) private readonly logHeads: LogHeads) {}

  @Get('admin/log/heads')
  @Allow(OPERATES)
  @LookupRoute('The signed heads of the event log, to be kept elsewhere; `touchline log verify --head` takes the answer', HeadsShown)
  async heads(@Query() { limit = DEFAULT_LIMIT, below }: HeadsQuery): Promise<HeadsShown> {
    return { heads: await this.logHeads.list(limit, below ?? null) };
  }

  @Post('admin/log/heads')
  @Allow(OPERATES)
  @OperatingRoute('Check what the log has gained and sign it as it stands; the newest head where nothing came', HeadShown, {
    409: ['log.broken', 'log.empty'],
  })
  write(): Promise<HeadShown> {
    return orProblem(this.logHeads.write());
  }

  @Get('log/keys')
  @Public()
  @PublicRoute('The keys that log heads and evidence are signed with', { type: PublicKeysShown })
  keys(): PublicKeysShown {
    return { keys: this.logHeads.keys.public };
  }
}
