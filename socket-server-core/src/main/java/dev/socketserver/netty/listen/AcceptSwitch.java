package dev.socketserver.netty.listen;

import dev.socketserver.engine.server.AcceptGate;
import dev.socketserver.netty.transport.Sockets;
import io.netty.channel.Channel;

/**
 * Turns accepting of one listening channel on and off, as a gate has it. Any thread; only
 * the event loop of the channel does it.
 *
 * @param gate whether connections are accepted
 * @param listener the listening channel
 */
public record AcceptSwitch(AcceptGate gate, Channel listener) implements Runnable {

	/** Notifies a listener's pipeline that the gate is open, before more is accepted. */
	public static final Object OPENED = new Object();

	@Override
	public void run() {
		if (this.listener.eventLoop().inEventLoop()) {
			turn();
		}
		else {
			Sockets.onLoop(this.listener.eventLoop(), this);
		}
	}

	private void turn() {
		if (!this.listener.isOpen()) {
			return;
		}
		if (this.gate.isOpen()) {
			// Those first that the transport had accepted too early.
			this.listener.pipeline().fireUserEventTriggered(OPENED);
		}
		boolean accept = this.gate.isOpen();
		if (this.listener.config().isAutoRead() != accept) {
			this.listener.config().setAutoRead(accept);
		}
	}

}
