import users from '@eventstore/db-client/generated/users_pb.js';
import { status, type ServerUnaryCall } from '@grpc/grpc-js';
import { callerOf } from './access.js';
import { serverError } from './server-error.js';
import type { ServerState } from './server-state.js';

/** Users.Create. */
export async function createUser(state: ServerState, call: ServerUnaryCall<users.CreateReq, unknown>): Promise<users.CreateResp> {
  await state.answering();
  if (callerOf(state, call.metadata)?.login !== 'admin')
    throw serverError(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });
  const { loginName = '', password = '', groupsList = [] } = call.request.getOptions()?.toObject() ?? {};
  if (state.users.has(loginName)) throw serverError(status.ALREADY_EXISTS, 'User already exists.', { exception: 'user-conflict' });
  state.users.set(loginName, { password, groups: groupsList });
  return new users.CreateResp();
}
