import type { CustomDecorator, ExecutionContext } from '@nestjs/common';
import { SetMetadata, createParamDecorator } from '@nestjs/common';
import type { Caller, Permission } from '@touchline/core';

export const PERMISSION = 'touchline:permission';
export const PUBLIC = 'touchline:public';

/** Of the platform itself, which all groups share. What is changed by these routes is recorded with the name of who did it. */
export const OPERATES = { roles: ['operator'], scope: 'platform' } as const satisfies Permission;

/** Who may call a route. A route with neither this nor `@Public()` keeps the application from starting. */
export const Allow = (permission: Permission): CustomDecorator => SetMetadata(PERMISSION, permission);

/** Open to everybody: sign-in, health, documentation. */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC, true);

/** The signed-in caller of a request; the guard has put it there. */
export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<{ caller?: Caller }>();
  if (caller === undefined) throw new Error('this route has no caller: it is public');
  return caller;
});
