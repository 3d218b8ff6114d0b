import type { Type } from '@nestjs/common';
import { EvidenceController } from './evidence/evidence.controller.js';
import { LogHeadsController } from './log-heads.controller.js';

/** Routes of this library. */
export const auditControllers: readonly Type[] = [EvidenceController, LogHeadsController];
