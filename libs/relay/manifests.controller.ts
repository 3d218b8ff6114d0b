import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow } from '@touchline/auth';
import { LookupRoute, ResponseProperty } from '@touchline/http';
import { LatestManifests } from './latest-manifests.js';
import type { Manifest } from './manifest.js';

class ManifestShown implements Manifest {
  @ResponseProperty(String, { enum: ['touchline-manifest/1'] }) format!: Manifest['format'];
  @ResponseProperty(String, { description: 'which key signed it; the keys: GET /log/keys' }) keyId!: string;
  @ResponseProperty(String, { description: 'full name of the topic' }) topic!: string;
  @ResponseProperty(String) logId!: string;
  @ResponseProperty(Number, { description: 'ordinal of the first message it covers' }) from!: number;
  @ResponseProperty(Number, { description: 'and of the last' }) to!: number;
  @ResponseProperty(Number) count!: number;
  @ResponseProperty(String, { description: 'the chain before the first of them; empty at the beginning' }) previousHash!: string;
  @ResponseProperty(String, { description: 'and after the last' }) hash!: string;
  @ResponseProperty(String, { description: 'place in the log up to which the topic tells everything' }) position!: string;
  @ResponseProperty(String) signedAt!: string;
  @ResponseProperty(String, { description: 'Ed25519 over the canonical JSON of everything else, hex' }) signature!: string;
}

class ManifestsShown {
  @ResponseProperty(() => ManifestShown, { list: true }) manifests!: ManifestShown[];
}

@ApiTags('topics')
@Controller('topics')
export class ManifestsController {
  constructor(@Inject(LatestManifests) private readonly latest: LatestManifests) {}

  @Get('manifests')
  @Allow({ roles: ['admin', 'analyst', 'service'], scope: 'group', why: 'who reads the topics can see with it that their end was not cut' })
  @LookupRoute('The newest signed manifest of each topic of facts: its messages have to be there', ManifestsShown)
  async newest(): Promise<ManifestsShown> {
    return { manifests: await this.latest.all() };
  }
}
