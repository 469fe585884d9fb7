package dev.socketserver.netty.accept;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;

import dev.socketserver.admission.Refusal;
import dev.socketserver.engine.server.AcceptGate;
import dev.socketserver.engine.server.ConnectionIntake;
import dev.socketserver.netty.channel.SessionHost;
import dev.socketserver.netty.channel.SessionOpening;
import dev.socketserver.netty.channel.SocketKind;
import dev.socketserver.netty.listen.AcceptSwitch;
import dev.socketserver.netty.transport.Sockets;
import dev.socketserver.netty.workaround.SharedLocalAddress;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import org.jspecify.annotations.Nullable;

/**
 * Stands in front of Netty's acceptor in the pipeline of a listening socket: counts what
 * is accepted and refuses what is too much, before anything is spent on it.
 * <p>
 * A transport accepts several connections before it reports the first, and goes on until
 * it is stopped. Those that arrive while the {@link AcceptGate} is held wait here, as if
 * they were still in the kernel's backlog: they are not counted yet, and are reset with
 * it when the listener closes. Where the socket outlives the listener, no connection is
 * reset: one that was accepted too late gets a session, which ends as the others do.
 * Confined to the listener's event loop.
 */
public final class Acceptor extends ChannelInboundHandlerAdapter {

	private final Listening listening;

	private final AcceptGate gate;

	private final ConnectionIntake intake;

	private final PendingConnections pending;

	private final Deque<DuplexChannel> early = new ArrayDeque<>(0);

	/** Absent before the first connection: a start does without the class. */
	private @Nullable SharedLocalAddress localAddress;

	/**
	 * Creates the acceptor of one listening socket.
	 * @param listening is notified of the outcome of accepting, and is the host of the
	 * sessions
	 * @param gate whether connections are accepted
	 * @param intake decides which of them are admitted
	 * @param pending what these become first
	 */
	public Acceptor(Listening listening, AcceptGate gate, ConnectionIntake intake, PendingConnections pending) {
		this.listening = listening;
		this.gate = gate;
		this.intake = intake;
		this.pending = pending;
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		DuplexChannel channel = (DuplexChannel) message;
		if (this.listening.closing() && this.listening.outlives()) {
			// The others are for whoever accepts next.
			context.channel().config().setAutoRead(false);
		}
		if (!this.early.isEmpty() || !this.gate.isOpen()) {
			this.early.add(channel);
		}
		else if (!accept(context, channel)) {
			putBack(context, channel);
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event != AcceptSwitch.OPENED) {
			context.fireUserEventTriggered(event);
			return;
		}
		while (this.gate.isOpen()) {
			DuplexChannel next = this.early.poll();
			if (next == null) {
				return;
			}
			if (!accept(context, next)) {
				putBack(context, next);
				return;
			}
		}
	}

	/** Has a connection wait, as those do that have come too early. */
	private void putBack(ChannelHandlerContext context, DuplexChannel channel) {
		this.early.addFirst(channel);
		this.intake.checkPermits();
		if (this.gate.isOpen()) {
			// There is a permit again, of which the gate has seen nothing.
			context.executor().execute(() -> userEventTriggered(context, AcceptSwitch.OPENED));
		}
	}

	/**
	 * Returns whether it is decided what becomes of a connection: else it has to wait.
	 */
	private boolean accept(ChannelHandlerContext context, DuplexChannel channel) {
		if (this.listening.closing() && !this.listening.outlives()) {
			// As the kernel does with those that it has not shown us yet. There may be
			// thousands, and the loop is to get to closing the listener.
			reset(channel);
			return true;
		}
		SocketKind kind = this.listening.kind();
		kind.prepare(channel);
		if (this.localAddress == null) {
			this.localAddress = new SharedLocalAddress();
		}
		this.localAddress.share(channel);
		InetSocketAddress peer = kind.remote(channel);
		if (peer == null) {
			this.intake.lost();
			reset(channel);
			return true;
		}
		InetAddress address = kind.hasAddresses() ? peer.getAddress() : null;
		boolean proxy = this.intake.isProxy(address);
		PendingConnections.Stages stages = this.pending.stages();
		Refusal refusal = this.intake.accepted(address, kind.credentials(channel), proxy, stages.waits(proxy));
		if (refusal == ConnectionIntake.WAITS) {
			return false;
		}
		if (refusal != null) {
			refuse(channel, peer, refusal);
			return true;
		}
		SessionOpening opening = new SessionOpening(this.listening, channel);
		if (!proxy && address != null && this.intake.admission().countsAddresses()) {
			opening.holdsPermitOf(address);
		}
		this.pending.lead(channel, opening, stages, proxy, address);
		this.listening.accepted(channel);
		context.fireChannelRead(channel);
		return true;
	}

	/** With a reset, so that no state is left in the kernel. */
	private void refuse(DuplexChannel channel, InetSocketAddress peer, Refusal refusal) {
		try {
			// Counted first: who sees the reset finds it counted.
			this.intake.rejected(peer, refusal.reason(), refusal.detail());
		}
		finally {
			reset(channel);
		}
	}

	private static void reset(DuplexChannel channel) {
		Sockets.resetOnClose(channel);
		// The channel has no event loop yet, so that its close() would wait for one.
		channel.unsafe().closeForcibly();
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		DuplexChannel next = this.early.poll();
		while (next != null) {
			if (!this.listening.outlives() || !accept(context, next)) {
				reset(next);
			}
			next = this.early.poll();
		}
		context.fireChannelInactive();
	}

	/**
	 * Not forwarded to Netty's acceptor: its pause would end whether or not the gate is
	 * held.
	 */
	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		try {
			this.listening.acceptFailed(context.channel(), cause);
		}
		catch (Throwable ex) {
			// What escapes here would go to a logger of Netty's, and if that throws, end
			// the loop.
		}
	}

	/** The listener of which this is the acceptor. */
	public interface Listening extends SessionHost {

		/** Whether it is about to be closed. */
		boolean closing();

		/** Whether the socket outlives this listener. */
		boolean outlives();

		/**
		 * A connection was accepted and admitted, and is about to be registered with a
		 * loop.
		 */
		void accepted(Channel connection);

		/** A connection could not be accepted. */
		void acceptFailed(Channel channel, Throwable cause);

	}

}
