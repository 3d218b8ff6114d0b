import { BACKWARDS, END, EventStoreDBClient, jsonEvent, NO_STREAM, type Credentials } from '@eventstore/db-client';
import { UsersClient } from '@eventstore/db-client/generated/users_grpc_pb.js';
import users from '@eventstore/db-client/generated/users_pb.js';
import { readEventStoreAddress } from '@touchline/config/event-store-address.js';
import { randomUUID } from 'node:crypto';
import { explain, readError } from './call-failure.js';

/** The group of the user who appends and reads, and may do nothing else to a stream. */
const GROUP = 'touchline';
/** gRPC's code of what there is already. */
const isThere = (code: number): boolean => code === 6;
const SETTINGS = '$settings';
const ACL_TYPE = 'update-default-acl';

const READERS = [GROUP, '$admins'];
const ACL = {
  $userStreamAcl: { $r: READERS, $w: [GROUP], $d: [], $mr: READERS, $mw: [] },
  $systemStreamAcl: { $r: READERS, $w: '$admins', $d: '$admins', $mr: READERS, $mw: '$admins' },
};

export interface Granted {
  /** False where there was such a user: what password he has is not looked at. */
  userCreated: boolean;
  /** False where these rights stood already. */
  rightsWritten: boolean;
}

/** The server has rights of its own already, which others may rely on. */
export class OtherRights extends Error {
  override readonly name = 'OtherRights';
}

/**
 * Makes, as an administrator, the user that an address signs in as, and the rights that make streams append-only on that server.
 * Safe to repeat.
 * @throws OtherRights, and then nothing was changed but the user
 * @throws EventStoreUnavailable, LogDenied
 */
export async function grant(address: string, admin: Credentials): Promise<Granted> {
  const { connectionString, server, user } = readEventStoreAddress(address);
  if (user === null) throw new RangeError('the address names no user to be made');
  const client = AdminClient.connectionString(connectionString);
  try {
    const userCreated = await client.createUser(user, admin);
    return { userCreated, rightsWritten: await writeRights(client, admin) };
  } catch (error) {
    throw error instanceof OtherRights ? error : readError(explain(error, server, true));
  } finally {
    await client.dispose();
  }
}

async function writeRights(client: EventStoreDBClient, credentials: Credentials): Promise<boolean> {
  let [last, is]: [bigint | typeof NO_STREAM, unknown] = [NO_STREAM, undefined];
  try {
    for await (const { event } of client.readStream(SETTINGS, { direction: BACKWARDS, fromRevision: END, maxCount: 1, credentials }))
      if (event !== undefined) [last, is] = [event.revision, event.type === ACL_TYPE ? event.data : undefined];
  } catch (error) {
    if (!(error instanceof Error && 'type' in error && error.type === 'stream-not-found')) throw error;
  }
  if (JSON.stringify(is) === JSON.stringify(ACL)) return false;
  if (last !== NO_STREAM)
    throw new OtherRights('the server has rights of its own in $settings: they are changed by hand (docs/eventstoredb.md)');
  await client.appendToStream(SETTINGS, jsonEvent({ id: randomUUID(), type: ACL_TYPE, data: ACL }), {
    expectedRevision: last,
    credentials,
  });
  return true;
}

/** The client, with the one call on users that is needed; it has no state of its own, for the client's factory builds the base class. */
class AdminClient extends EventStoreDBClient {
  static override connectionString(text: string): AdminClient {
    return Object.setPrototypeOf(EventStoreDBClient.connectionString(text), AdminClient.prototype) as AdminClient;
  }

  /** False where there is one of that name. */
  createUser({ username, password }: Credentials, credentials: Credentials): Promise<boolean> {
    const options = new users.CreateReq.Options()
      .setLoginName(username)
      .setPassword(password)
      .setFullName('Touchline')
      .setGroupsList([GROUP]);
    return this.execute(
      UsersClient,
      'createUser',
      (client) =>
        new Promise<boolean>((resolve, reject) => {
          client.create(new users.CreateReq().setOptions(options), ...this.callArguments({ credentials }), (error) => {
            if (error === null) resolve(true);
            else if (isThere(error.code)) resolve(false);
            else reject(error);
          });
        }),
    );
  }
}
