package dev.socketserver.engine.node;

import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.spi.ClusterMember;
import dev.socketserver.cluster.spi.Identity;
import dev.socketserver.engine.session.IdentityClaims;
import dev.socketserver.engine.session.Session;
import dev.socketserver.operator.IoThread;

/**
 * Has a cluster decide about the identities of sessions.
 *
 * @param member this node
 */
record SessionClaims(ClusterMember member) implements IdentityClaims<Session> {

	@Override
	public boolean bind(Session session, String type, String id, BindPolicy policy) {
		if (Thread.currentThread() instanceof IoThread) {
			throw new IllegalStateException("In a cluster, binding a session waits for the directory, which an I/O "
					+ "thread must not: use another execution mode than event-loop");
		}
		return this.member.bind(new NodeSession(session), new Identity(session.server(), type, id), policy).join();
	}

	@Override
	public void release(Session session, String type, String id) {
		this.member.release(session.id(), new Identity(session.server(), type, id));
	}

}
