import type { Type } from '@nestjs/common';
import type { Feature } from '@touchline/http';
import { isRouted } from '@touchline/touchpoints/command.js';
import { touchpoints } from '@touchline/touchpoints/list.js';
import { commandControllers } from './command.controller.js';
import { ErasureController } from './customer/erasure.controller.js';
import { ExportController } from './customer/export.controller.js';
import { OperationController } from './operation/operation.controller.js';
import { PlaybookController } from './playbook/playbook.controller.js';
import { RevealController } from './reveal/reveal.controller.js';
import { PasswordController } from './user/password.controller.js';
import { UserPasswordController } from './user/user.controller.js';
import { WordListController } from './words/words.controller.js';

/** Routes that are more than a command, by folder. */
const OWN: Readonly<Record<string, readonly Type[]>> = {
  customer: [ErasureController, ExportController],
  operation: [OperationController],
  playbook: [PlaybookController],
  reveal: [RevealController],
  user: [UserPasswordController, PasswordController],
  words: [WordListController],
};

/** The routes of every touchpoint. */
export const touchpointFeatures: readonly Feature[] = touchpoints.map(({ name, commands }) => ({
  name,
  controllers: [...commandControllers(commands.filter(isRouted)), ...(OWN[name] ?? [])],
}));
