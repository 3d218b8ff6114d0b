import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { ServerState } from './server-state.js';

/** ServerFeatures.GetSupportedMethods: what a client may use, in the server's spelling. */
export async function supportedMethods(state: ServerState): Promise<features.SupportedMethods> {
  await state.answering();
  const methods = Object.values(StreamsService as Record<string, { path: string }>).map(({ path }) => {
    const [, service = '', method = ''] = path.toLowerCase().split('/');
    return new features.SupportedMethod().setServiceName(service).setMethodName(method);
  });
  return new features.SupportedMethods().setEventStoreServerVersion(`${state.settings.version}.0`).setMethodsList(methods);
}

/** Gossip.Read: the cluster, or this node as the leader of one of its own. */
export async function clusterInfo(state: ServerState): Promise<gossip.ClusterInfo> {
  await state.answering();
  const { host, port: own } = state.settings.address();
  const members = (state.settings.gossip?.members() ?? [{ port: own, leads: true }]).map(({ port, leads }, place) =>
    new gossip.MemberInfo()
      .setInstanceId(new shared.UUID().setString(`00000000-0000-4000-8000-00000000000${place}`))
      .setState(leads ? gossip.MemberInfo.VNodeState.LEADER : gossip.MemberInfo.VNodeState.FOLLOWER)
      .setIsAlive(true)
      .setTimeStamp('0')
      .setHttpEndPoint(new gossip.EndPoint().setAddress(host).setPort(port)),
  );
  return new gossip.ClusterInfo().setMembersList(members);
}
