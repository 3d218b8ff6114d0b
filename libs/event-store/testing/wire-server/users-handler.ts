import users from '@eventstore/db-client/generated/users_pb.js';
import { status, type ServerUnaryCall } from '@grpc/grpc-js';
import { serverError, type ServerState } from './server-state.js';

/** Users.Create. What a user may is not looked at: `refuse` says it. */
export async function createUser(state: ServerState, call: ServerUnaryCall<users.CreateReq, unknown>): Promise<users.CreateResp> {
  await state.answering();
  const [, basic = ''] = /^Basic (.*)$/.exec(String(call.metadata.get('authorization')[0])) ?? [];
  const [caller] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  if (caller !== 'admin') throw serverError(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });
  const { loginName = '', password = '', groupsList = [] } = call.request.getOptions()?.toObject() ?? {};
  if (state.users.has(loginName)) throw serverError(status.ALREADY_EXISTS, 'User already exists.', { exception: 'user-conflict' });
  state.users.set(loginName, { password, groups: groupsList });
  return new users.CreateResp();
}
