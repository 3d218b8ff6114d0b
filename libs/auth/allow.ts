import type { CustomDecorator, ExecutionContext } from '@nestjs/common';
import { SetMetadata, createParamDecorator } from '@nestjs/common';
import type { Caller, Role } from '@touchline/core';

/** What a route asks of its caller. `scope` says what the rows or records it touches are bounded by (ADR 0042). */
export interface Permission {
  roles: readonly Role[];
  /** 'site': only what belongs to the caller's sites; 'group': everything of the caller's group; 'self': the caller's own; 'platform': all groups. */
  scope: 'site' | 'group' | 'self' | 'platform';
  /** For the table of permissions, where the roles are not what one would expect. */
  why?: string;
}

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
