package dev.socketserver.engine.node;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.BindPolicy;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.spi.Identity;
import dev.socketserver.cluster.spi.LocalSession;
import dev.socketserver.engine.session.Session;
import dev.socketserver.spec.OutboundOverflow;

/**
 * A session of this node, as claims and other nodes see it.
 *
 * @param session the session
 */
record NodeSession(Session session) implements LocalSession {

	@Override
	public String id() {
		return this.session.id();
	}

	@Override
	public boolean closing() {
		return this.session.closing();
	}

	@Override
	public boolean settled() {
		return this.session.end().isSettled();
	}

	/** The name of its server. */
	String server() {
		return this.session.server();
	}

	@Override
	public boolean granted(Identity identity, BindPolicy policy, long token) {
		// Others were asked; among those of this node only REPLACE makes a difference.
		BindPolicy here = (policy == BindPolicy.REPLACE) ? policy : BindPolicy.ALLOW;
		return this.session.registry().bindHere(this.session, identity.type(), identity.id(), here, token);
	}

	@Override
	public void replaced(Identity identity, String by) {
		this.session.registry().unbindHere(this.session, identity.type(), identity.id());
		this.session.replaced(identity.type(), identity.id(), by, null);
	}

	@Override
	public void released(Identity identity) {
		this.session.registry().unbindHere(this.session, identity.type(), identity.id());
	}

	@Override
	public CompletableFuture<Delivery> send(byte[] payload) {
		try {
			return this.session.trySend(payload).handle((sent, failure) -> Failures.delivery(failure, endsIfFull()));
		}
		catch (RuntimeException ex) {
			// Its framing cannot carry it.
			return CompletableFuture.completedFuture(Delivery.REFUSED);
		}
	}

	@Override
	public CompletableFuture<byte[]> ask(byte[] payload, Duration timeout) {
		return this.session.sends()
			.askBytes(payload, byte[].class, timeout, timeout, false)
			.exceptionallyCompose(
					(failure) -> CompletableFuture.failedFuture(Failures.reported(failure, endsIfFull())));
	}

	/** Whether it has ended, if there was no room for something. */
	private boolean endsIfFull() {
		return this.session.spec().outbound().overflow() == OutboundOverflow.CLOSE && settled();
	}

	@Override
	public boolean close() {
		if (settled()) {
			return false;
		}
		this.session.close(CloseStatus.of(CloseReason.OPERATOR_CLOSED, "closed through the cluster"));
		return true;
	}

}
